"""The service: what devices are offered, when, and what became of it."""
