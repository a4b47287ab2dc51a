"""The display controller put together: boards in, pictures out, every panel's health told."""
