"""The centre's pages."""
