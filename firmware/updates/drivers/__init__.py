"""Releases, audit and slots on disk."""
