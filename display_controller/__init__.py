"""LED and window displays: scene to picture to frames."""
