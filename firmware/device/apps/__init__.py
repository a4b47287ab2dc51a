"""The programs of the small devices; each has `run(settings, hal)`."""
