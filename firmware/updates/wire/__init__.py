"""What devices and the service say to each other."""
