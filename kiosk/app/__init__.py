"""The kiosk as a program: its devices, its desks, and the citizen before it."""
