"""The clerk's desk as a page: the keyboard fallback for a window whose call pad is broken."""
