"""Measured figures of the hall, each as a ratio to a limit measured in the same run."""
