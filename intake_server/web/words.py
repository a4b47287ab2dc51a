"""The page's language: texts, names of the hall's zones, services and devices, times."""

import re
from datetime import datetime

from contract.topics import Address
from intake_server.core.ledger import SHANGHAI
from intake_server.core.names import HallNames, Name
from intake_server.core.texts import Language, has, step_text, text

_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")


class Words:
    """Everything a template writes, in one language."""

    def __init__(self, names: HallNames, language: Language) -> None:
        self.language, self._names = language, names
        self.is_english = language is Language.EN
        self.hall = self._of(names.title)
        self.is_demo = names.is_demo
        self.dot = " · " if self.is_english else "·"

    def _of(self, name: Name) -> str:
        return name.en if self.is_english else name.zh

    def __call__(self, code: str, **values: object) -> str:
        """Return the words for a code."""
        return text(code, self.language, **values)

    def step(self, fact: str) -> str:
        """Return the words for a step of a journey."""
        return step_text(fact, self.language)

    def zone(self, zone: str) -> str:
        """Return a zone's name; a zone nobody named is its letter."""
        name = self._names.zones.get(zone)
        return self._of(name) if name else zone

    def service(self, service: str, zone: str = "") -> str:
        """Return a queue's name, else its zone's, else what the engine calls it."""
        name = self._names.services.get(service) or self._names.zones.get(zone)
        return self._of(name) if name else service

    def place(self, zone: str) -> tuple[int, str]:
        """Return where a zone stands among the others."""
        return self._names.place(zone)

    def kind(self, kind: str) -> str:
        """Return a kind of device in words."""
        return self(f"kind.{kind}") if has(f"kind.{kind}") else kind

    def device(self, address: Address) -> str:
        """Return a device in words: its kind and the number in its name."""
        if not has(f"kind.{address.kind}"):
            return address.name
        return f"{self.kind(address.kind)} {self.number(address)}".strip()

    def number(self, address: Address) -> str:
        """Return the number (or zone letter) at the end of a device's name, empty without one."""
        found = re.search(r"-(\d+|[a-z])$", address.name)
        return found[1].lstrip("0").upper() if found else ""

    def clock(self, moment: datetime) -> str:
        """Return a time of day in the hall's zone."""
        return f"{moment.astimezone(SHANGHAI):%H:%M}"

    def seconds(self, moment: datetime) -> str:
        """Return a time of day to the second."""
        return f"{moment.astimezone(SHANGHAI):%H:%M:%S}"

    def day(self, moment: datetime) -> str:
        """Return a date with its weekday."""
        local = moment.astimezone(SHANGHAI)
        return (
            f"{local:%a} {local.day} {local:%b}"
            if self.is_english
            else f"{local.month}月{local.day}日 {_WEEKDAYS[local.weekday()]}"
        )
