"""Widgets, theme and input of the touch programs."""
