"""Hardware and other ends the kiosk talks to."""
