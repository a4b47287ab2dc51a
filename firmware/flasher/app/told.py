"""How work on a board tells where it is."""

from collections.abc import Callable

Told = Callable[[str, float], None]
"""Takes the step's name and how much of it is done, 0 to 1."""


def nobody(step: str, done: float) -> None:
    """Tell nobody."""
