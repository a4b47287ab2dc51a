"""The small devices of the hall: what runs on them, and what the host prepares for them."""
