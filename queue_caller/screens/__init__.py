"""Screens of the ticket machine."""
