"""Migrations of the centre's database."""
