"""What the bridge decides. Pure."""
