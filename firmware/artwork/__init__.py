"""Pictures for the devices, rendered on the host, where every name has its glyphs."""
