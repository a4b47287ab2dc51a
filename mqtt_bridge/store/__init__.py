"""The hall store: every device fact of a hall, committed before it is acknowledged."""
