"""What a kiosk knows beside its citizen: the catalogue, the queues, and what does not work."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum

from contract.board import HallMode, QueueOnBoard
from contract.catalogue import CatalogueEntry
from contract.link import Fault

BEHIND = timedelta(hours=12)
"""How far a clock may be behind before it counts as never set: boards stay retained over a quiet night."""


class Part(StrEnum):
    """A part of the kiosk that can be out of use while the rest serves."""

    CARD = "card"
    CODE = "code"
    CAMERA = "camera"
    SCANNER = "scanner"
    SLIP = "slip"
    SHEET = "sheet"
    CENTRE = "centre"
    QUEUE = "queue"
    STORE = "store"
    POWER = "power"


@dataclass(frozen=True, slots=True)
class Outage:
    """A part out of use, with the word for why: `paper_out`, `silent`, `unplugged`, …"""

    part: Part
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """What is true for everybody at this kiosk now."""

    entries: tuple[CatalogueEntry, ...] = ()
    fingerprint: str = ""
    is_linked: bool = False
    is_away: bool = False
    """Whether the centre is known not to answer."""
    is_emergency: bool = False
    on_battery: bool = False
    slips_left: int | None = None
    """Notices the roll of paper still gives, about."""
    queues: Mapping[str, QueueOnBoard] = field(default_factory=dict)
    modes: Mapping[str, HallMode] = field(default_factory=dict)
    outages: tuple[Outage, ...] = ()
    faults: tuple[Fault, ...] = ()
    heard_at: datetime | None = None
    """The newest moment the hall told; the kiosk's own clock may be wrong."""

    def is_behind(self, now: datetime) -> bool:
        """Return whether the kiosk's clock is behind what the hall told already: no date of it is shown."""
        return self.heard_at is not None and now < self.heard_at - BEHIND

    def today(self, now: datetime) -> date:
        """Return the day, by the hall where the kiosk's clock is behind it."""
        return self.heard_at.date() if self.heard_at is not None and self.is_behind(now) else now.date()

    def outage(self, part: Part) -> str:
        """Return the word for why a part is out of use, empty while it works."""
        return next((one.word for one in self.outages if one.part is part), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the hall's file says that this kiosk's screens show."""

    title: str = ""
    title_en: str = ""
    place: str = ""
    number: str = ""
    helpline: str = ""
    public_url: str = ""
    demo: bool = False
    queues: tuple[tuple[str, str, str], ...] = ()
    """Each queue's id, name and English name."""
