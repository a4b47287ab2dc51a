"""What the hall's machines, zones and queues are called in words."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Name:
    """One thing in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class HallNames:
    """The hall's own name, its zones by letter in the order of the hall's file, and its queues by id."""

    title: Name
    zones: Mapping[str, Name] = field(default_factory=dict)
    services: Mapping[str, Name] = field(default_factory=dict)
    is_demo: bool = False

    def place(self, zone: str) -> tuple[int, str]:
        """Return where a zone stands among the others."""
        known = list(self.zones)
        return (known.index(zone) if zone in known else len(known), zone)
