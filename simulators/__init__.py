"""One module per piece of hardware; each runs alone, in a test, or in the hall."""
