"""What the field bus speaks. Pure."""
