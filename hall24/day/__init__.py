"""The simulated day: the whole hall in virtual time, its people, what breaks, and what must hold all the same."""
