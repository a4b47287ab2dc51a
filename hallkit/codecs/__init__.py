"""Wire formats used by more than one program. Pure."""
