"""Ports, tools and drives."""
