"""The one seam to panels: a display shows pictures, and says how it is."""

from enum import StrEnum
from typing import Protocol

from display_controller.core.picture import Picture


class DisplayStatus(StrEnum):
    """How a panel is, as far as its protocol lets us know."""

    ONLINE = "online"
    """It took all it was asked to show; on DDP, which never answers: all was sent."""
    STALE = "stale"
    """Something newer than what it shows is on its way for longer than it should be."""
    REFUSING = "refusing"
    """It answers, and refuses."""
    SILENT = "silent"
    """It does not answer, or was never reached."""


class Display(Protocol):
    """A panel; asking never waits, the newest wish wins, `run` carries it out."""

    @property
    def status(self) -> DisplayStatus:
        """Return how the panel is."""

    @property
    def detail(self) -> str:
        """Return what the operator should know about a status other than online."""

    def show(self, picture: Picture) -> None:
        """Ask for `picture`; one not sent yet is dropped."""

    def set_brightness(self, percent: int) -> None:
        """Ask for a brightness, 0 to 100."""

    def set_power(self, on: bool) -> None:
        """Ask for a lit or a dark panel."""

    async def run(self) -> None:
        """Serve the panel until cancelled, through every failure."""
