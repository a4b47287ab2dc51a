"""What a technician does to a board, from beginning to end."""
