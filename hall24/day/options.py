"""What a simulated day is asked for."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib.util import find_spec

from hallkit.runtime.clock import SHANGHAI

START = datetime(2026, 9, 14, tzinfo=SHANGHAI)
"""A Monday."""

SPAN_DAY = 24.0
LONG = 12 * 3600.0


class Profile(StrEnum):
    """How much breaks: nothing, a bad but ordinary day, everything; in a hunt programs die at commits all the time."""

    NONE = "none"
    NORMAL = "normal"
    STORM = "storm"
    HUNT = "hunt"


@dataclass(frozen=True, slots=True)
class DayOptions:
    """A day is fixed by these and nothing else; `visitors` come each 24 hours, `begins` is an hour of the day.

    `every_poll` lets the field bus be polled without pause, as a real one is, instead of where something can be heard.
    """

    seed: int = 1
    visitors: int = 620
    faults: Profile = Profile.NONE
    days: int = 1
    begins: float = 0.0
    hours: float = SPAN_DAY
    power_disk: bool | None = None
    every_poll: bool = False

    @property
    def start(self) -> datetime:
        """The wall time the first day begins."""
        return START

    @property
    def has_drive(self) -> bool:
        """Whether stores lie on a drive that forgets what was not synced: as asked; in a storm or hunt with apsw."""
        if self.power_disk is not None:
            return self.power_disk
        return self.faults in (Profile.STORM, Profile.HUNT) and find_spec("apsw") is not None

    @property
    def is_long(self) -> bool:
        """Whether it goes on so long that stores would fill this process's memory."""
        return self.span > LONG

    @property
    def is_soak(self) -> bool:
        """Whether it goes on so long that what is done with must be forgotten."""
        return self.days > 1

    @property
    def span(self) -> float:
        """The seconds people are about, from `begins` on."""
        return self.hours * 3600 if self.days == 1 else self.days * 86_400 - self.begins * 3600
