"""Pages on a socket, and what every answer carries."""
