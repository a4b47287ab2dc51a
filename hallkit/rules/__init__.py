"""Rules that more than one program decides by: calendar, identity checksums, masking, numbering. Pure."""
