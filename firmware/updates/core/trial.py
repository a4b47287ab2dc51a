"""A program on trial: kept when it is there under its new version and answers, left when its time is over. Pure."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class Verdict(StrEnum):
    """What becomes of a release on trial."""

    OPEN = "open"
    KEPT = "kept"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the hall saw of the program: the version it says it is while online, whether it answered a request."""

    version: str = ""
    answered: bool = False


@dataclass(frozen=True, slots=True)
class Trial:
    """A release that took its place at `began` and has `seconds` to prove itself."""

    version: str
    began: datetime
    seconds: int

    @property
    def ends(self) -> datetime:
        """When its time is over."""
        return self.began + timedelta(seconds=self.seconds)

    def judge(self, seen: Evidence, now: datetime) -> Verdict:
        """Return what becomes of it: proof counts even in its last moment."""
        if seen.version == self.version and seen.answered:
            return Verdict.KEPT
        return Verdict.LEFT if now >= self.ends else Verdict.OPEN

    def lacks(self, seen: Evidence) -> str:
        """Return what it did not show, in words."""
        if seen.version != self.version:
            return f"it was not online as {self.version}" + (f" but as {seen.version}" if seen.version else "")
        return "" if seen.answered else "it did not answer a request"
