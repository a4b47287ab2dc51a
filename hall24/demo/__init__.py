"""The whole hall live: programs, simulated hardware and people."""
