"""The kit every hall program shares; knows nothing of queues or cases."""
