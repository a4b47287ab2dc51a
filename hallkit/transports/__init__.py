"""Byte streams opened from a URL, and the cables tests use instead of them."""
