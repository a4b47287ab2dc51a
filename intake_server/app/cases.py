"""The cases of a centre put together: catalogue, staff, store, service, and what its pages ask."""

import asyncio
import hashlib
import random
from collections.abc import Callable
from datetime import datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from contract.case_requests import PART_BYTES, CaseReply, RenewCatalogue, SendDocument, SupplementCase
from contract.cases import CaseState, GivenMaterial, Notice
from contract.catalogue import MaterialWay
from contract.topics import Address, Channel
from hallkit.rules.calendar import published
from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.writer import Writer
from intake_server.app.case_service import CaseService
from intake_server.config import IntakeConfig
from intake_server.core.cases.case import Case
from intake_server.core.cases.catalogue import HandlingItem
from intake_server.core.cases.office import Office
from intake_server.core.cases.supervision import LampRules
from intake_server.core.report import Report
from intake_server.store.case_data import DEMO, load_catalogue, load_roster
from intake_server.store.case_store import Act, Ask, CaseStore
from intake_server.store.intake_store import IntakeStore

TELLING = timedelta(seconds=60)
"""How long a kiosk may take to hear of a new guide; an absent one asks when it is back."""

PAGE = "page/phone"
"""Who asks when a citizen's own telephone does."""


def office_of(config: IntakeConfig, *, is_demo: bool) -> Office | None:
    """Return what the centre decides cases by; None where a real hall names no catalogue."""
    if not config.catalogue and not is_demo:
        return None
    folder = Path(config.catalogue) if config.catalogue else DEMO
    lamps = LampRules(config.warn_days, config.yellow_days, config.red_days, config.supervision_days)
    return Office(
        config.region, config.short_name, load_catalogue(folder), published(), load_roster(folder), lamps,
        is_demo=is_demo,
    )  # fmt: skip


class Cases:
    """The cases on one writer: requests of devices, pages, and the passing of time."""

    def __init__(
        self, office: Office, store: IntakeStore, engine: sa.Engine, hall: str, *, chance: random.Random,
        writer: Writer, clock: Clock, postmark: Callable[[], Postmark], publish: Callable[[str, bytes], bool],
        on_commit: Callable[[Report], None], kiosks: Callable[[], list[Address]],
    ) -> None:  # fmt: skip
        self.store = CaseStore(store, engine, hall, office, chance.getrandbits)
        self._writer, self._clock, self._on_commit = writer, clock, on_commit
        self._postmark, self._publish, self._kiosks = postmark, publish, kiosks
        self._published = asyncio.Event()
        self.service = CaseService(self.store, writer, clock, postmark, publish=publish, on_commit=on_commit)

    @property
    def office(self) -> Office:
        """What cases are decided by now."""
        return self.store.office

    async def by_link(self, link: str) -> Case | None:
        """Return the case behind a notice's code."""
        return await self._writer.read(lambda: self.store.by_link(link))

    async def case(self, number: str) -> Case:
        """Return a case; RefusedError for an unknown one."""
        return await self._writer.read(lambda: self.store.case(number))

    async def in_states(self, *states: CaseState) -> list[Case]:
        """Return cases in some states, newest first."""
        return await self._writer.read(lambda: self.store.in_states(*states))

    async def papers(self, case: Case) -> tuple[Notice, ...]:
        """Return a case's papers."""
        return await self._writer.read(lambda: self.store.papers(case))

    async def document(self, digest: str) -> bytes:
        """Return the bytes kept under a SHA-256, none if there are none."""
        return await self._writer.read(lambda: self.store.document(digest))

    async def bring(self, link: str, code: str, data: bytes) -> bool:
        """Take a material's bytes for a case; return whether it was asked for."""
        now, digest = self._clock.now(), hashlib.sha256(data).hexdigest()
        pieces = [
            SendDocument(digest=digest, size=len(data), offset=start, data=data[start : start + PART_BYTES])
            for start in range(0, len(data), PART_BYTES)
        ]
        given = GivenMaterial(code=code, way=MaterialWay.PHOTO, digest=digest, pages=1)
        asks = [Ask(one, "", PAGE) for one in pieces]
        asks.append(Ask(SupplementCase(link=link, materials=(given,)), f"{link} {code} {digest}", PAGE))
        replies, report = await self._writer.run(lambda: self.store.handle(asks, now))
        self._on_commit(report)
        self.service.changed()
        return isinstance(replies[-1], CaseReply)

    async def publish(self, item: HandlingItem, by: str) -> None:
        """Publish a version of a guide and tell every kiosk; RefusedError naming what keeps it back."""
        now = self._clock.now()
        self._on_commit(await self._writer.run(lambda: self.store.publish(item, by, now)))
        self._published.set()
        self._tell_kiosks()

    async def run_guides(self) -> None:
        """Tell every kiosk on the day a guide that was published for later comes into force, until cancelled."""
        while True:
            self._published.clear()
            now = self._clock.now()
            day = self.office.catalogue.next_change(now.date())
            delay = (datetime.combine(day, time(0, 0, 1), SHANGHAI) - now).total_seconds() if day else None
            try:
                async with asyncio.timeout(delay):
                    await self._published.wait()
            except TimeoutError:
                self._tell_kiosks()

    def _tell_kiosks(self) -> None:
        now = self._clock.now()
        renew = RenewCatalogue(fingerprint=self.office.catalogue.fingerprint(now.date()))
        for kiosk in self._kiosks():
            message = self._postmark().stamp(renew, deadline=now + TELLING)
            self._publish(kiosk.topic(Channel.COMMAND), message)

    async def act(self, number: str, act: Act) -> Case:
        """Do what staff does to a case; RefusedError if the rules do not allow it."""
        now = self._clock.now()
        case, _, report = await self._writer.run(lambda: self.store.act(number, act, now))
        self._on_commit(report)
        self.service.changed()
        return case
