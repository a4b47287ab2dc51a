"""File formats boards take."""
