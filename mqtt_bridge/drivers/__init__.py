"""Field lines and stores."""
