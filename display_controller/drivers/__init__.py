"""Panels reached over a byte stream."""
