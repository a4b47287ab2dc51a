"""Wire formats only the kiosk speaks. Pure."""
