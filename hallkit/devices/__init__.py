"""Drivers of hardware that more than one program uses."""
