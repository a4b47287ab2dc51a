"""What the queue decides. Pure."""
