"""What listens and asks on the link for the centre."""
