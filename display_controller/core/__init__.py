"""Scenes and pictures. Pure."""
