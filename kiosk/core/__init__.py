"""What the kiosk decides. Pure."""
