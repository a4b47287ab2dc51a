"""Panel protocols, each written once. Pure."""
