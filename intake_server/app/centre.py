"""The centre put together: link, receiver, ledger, projections and, on a real loop, the pages."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from contract import codec
from contract.board import ZoneBoard
from contract.body import Command, Fact
from contract.errors import RemoteContractError
from contract.link import Ack, DeviceState, Fault, Presence
from contract.queue import SERVICE as QUEUE
from contract.queue_facts import BusinessDayStarted
from contract.queue_requests import AskTicket, TicketReply
from contract.topics import ROOT, Address, Channel, address, every
from hallkit.rules.calendar import published
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.postmark import open_message
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from hallkit.web.server import serve
from intake_server.app.case_service import LONG_PAUSE
from intake_server.app.cases import Cases, office_of
from intake_server.config import IntakeConfig
from intake_server.core.board import Board
from intake_server.core.hall import Hall
from intake_server.core.journey import Journey, retell
from intake_server.core.kinds import PersonalDataErased, RectificationState
from intake_server.core.names import HallNames
from intake_server.core.report import Report
from intake_server.core.standing import Standing, from_engine, from_hall
from intake_server.core.uplink import UPLINK_KIND
from intake_server.drivers.receiver import Receiver
from intake_server.drivers.watcher import SCREENS, Watcher
from intake_server.errors import LedgerStoreError
from intake_server.store.board_inventory import BoardInventory
from intake_server.store.engine import open_engine
from intake_server.store.intake_store import IntakeStore
from intake_server.store.ledger_reader import LedgerReader
from intake_server.store.quarantine import Bounds
from intake_server.web.metrics import Metrics
from intake_server.web.pages import build
from intake_server.web.site import Notice, Site

_LOGGER = logging.getLogger(__name__)

USER = "intake"
ENGINE_PATIENCE = 1.0
"""Seconds a citizen's page waits for the hall's own answer before it shows what the centre last heard."""

FRESH = 3.0
"""Seconds an answer of the hall is shown again without asking."""

SULK = 30.0
"""Seconds the hall is not asked again after it did not answer."""

_REMEMBERED = 2_000


@dataclass(frozen=True, slots=True)
class Places:
    """The topic filters the centre hears."""

    facts: tuple[str, ...]
    states: tuple[str, ...]
    results: tuple[str, ...]
    boards: tuple[str, ...]
    requests: tuple[str, ...] = ()

    @classmethod
    def everywhere(cls, hall: str) -> "Places":
        """Return the filters of a broker that grants the centre every hall's uplink and the whole of one hall."""
        facts = f"{ROOT}/+/{UPLINK_KIND}/+/{Channel.FACTS.value}"
        return cls(
            (facts,),
            (every(hall, Channel.STATE),),
            (every(hall, Channel.RESULT),),
            (f"{ROOT}/{hall}/board/+",),
            (f"{ROOT}/+/{UPLINK_KIND}/+/{Channel.REQUEST.value}",),
        )

    @classmethod
    def of(
        cls,
        *,
        uplinks: tuple[Address, ...],
        devices: tuple[Address, ...],
        services: tuple[Address, ...],
        boards: tuple[str, ...],
    ) -> "Places":
        """Return literal topics: facts of uplinks, states of devices and services, results of devices, boards."""
        return cls(
            tuple(one.topic(Channel.FACTS) for one in uplinks),
            tuple(one.topic(Channel.STATE) for one in devices + services),
            tuple(one.topic(Channel.RESULT) for one in devices),
            boards,
            tuple(one.topic(Channel.REQUEST) for one in uplinks),
        )


class App:
    """The intake server on one link; `hall` is the hall its pages show."""

    def __init__(
        self,
        config: IntakeConfig,
        hall: str,
        names: HallNames,
        *,
        places: Places | None = None,
        links: LinkFactory,
        password: str,
        clock: Clock,
        chance: random.Random,
        writer: Writer,
        version: str = "",
    ) -> None:
        self.config, self.names, self._clock, self._writer = config, names, clock, writer
        self.hall = Hall(hall, published(), config.rectify_days)
        engine = open_engine(config.database)
        bounds = Bounds(config.quarantine_messages, config.quarantine_megabytes * 1_000_000)
        self.store, self.reader = IntakeStore(engine, chance, bounds), LedgerReader(engine)
        self._boards = BoardInventory(engine, hall)
        self.notice, self.metrics = Notice(), Metrics()
        self.receiver = self._new_receiver()
        self.device = Device(
            address(hall, USER, USER),
            password,
            links=links,
            clock=clock,
            chance=chance,
            hear=self._heard(places or Places.everywhere(hall)),
            writer=writer,
            version=version,
        )
        self.cases = self._new_cases(engine, chance)
        self.watcher = Watcher(self.device.postmark, self.device.link.publish, clock, self._screens, self.notice.post)
        self._new_day = asyncio.Event()
        self._standings: dict[str, tuple[float, Standing]] = {}
        self._ask_again_at = 0.0
        self._is_well = True

    def _new_cases(self, engine: sa.Engine, chance: random.Random) -> Cases | None:
        office = office_of(self.config, is_demo=self.names.is_demo)
        if office is None:
            return None
        return Cases(
            office, self.store, engine, self.hall.name, chance=chance, writer=self._writer, clock=self._clock,
            postmark=lambda: self.device.postmark, publish=lambda topic, data: self.device.link.publish(topic, data),
            on_commit=self._on_commit, kiosks=lambda: [one for one in self.hall.devices if one.kind == "kiosk"],
        )  # fmt: skip

    def _new_receiver(self) -> Receiver:
        return Receiver(
            self.store,
            self._writer,
            self._clock,
            acknowledge=self._acknowledge,
            on_commit=self._on_commit,
            on_trouble=self._on_trouble,
        )

    def _heard(self, places: Places) -> dict[str, Callable[[LinkMessage], None]]:
        return {
            **dict.fromkeys(places.facts, self.receiver.hear),
            **dict.fromkeys(places.states, self._hear_state),
            **dict.fromkeys(places.results, self._hear_result),
            **dict.fromkeys(places.boards, self._hear_board),
            **dict.fromkeys(places.requests, self._hear_request),
        }

    async def run(self) -> None:
        """Replay the ledger, then serve until cancelled."""
        await self.replay()
        jobs: list[tuple[str, Callable[[], Awaitable[None]]]] = [
            ("receiver", self.receiver.run),
            ("chores", self._run_chores),
            ("link", self.device.run),
        ]
        if self.cases is not None:
            jobs.append(("guides", self.cases.run_guides))
            jobs += [("cases", self.cases.service.run), ("case deadlines", self.cases.service.run_deadlines)]
        if self.config.web:
            jobs += [("watcher", self.watcher.run), ("web", self._serve)]
        await run_jobs(jobs)

    async def replay(self) -> None:
        """Fold the ledger's last days into the live picture, and of the time before what ratings are still open."""
        self.metrics.see(await self._writer.read(self.reader.quarantine_standing))
        now = self._clock.now()
        since = now - timedelta(days=self.config.replay_days)
        first = now - timedelta(days=self.config.rating_days)
        for event in await self._writer.read(lambda: list(self.reader.ratings_between(first, since))):
            if event.hall == self.hall.name:
                self.hall.listen(event)
        for event in await self._writer.read(lambda: list(self.reader.events_since(since))):
            if event.hall == self.hall.name:
                self.hall.apply(event)

    def site(self) -> Site:
        """Return the port the pages stand on."""
        return Site(
            config=self.config,
            names=self.names,
            hall=self.hall,
            clock=self._clock,
            screens=self.watcher,
            notice=self.notice,
            journey=self.journey,
            standing=self.standing,
            ledger=lambda: (self.store.head.rows, self.store.head.chain.hex()),
            metrics=lambda: self.metrics.exposition(self.hall, self.store.head.rows, self.receiver.waiting),
            is_well=lambda: self._is_well,
            speaking=self,
            cases=self.cases,
            boards=self,
        )

    async def put_board(self, board: Board) -> None:
        """Keep a small board in the place of the one before."""
        await self._writer.run(lambda: self._boards.put(board))

    async def boards(self) -> list[Board]:
        """Return the hall's small boards by device name."""
        return await self._writer.read(self._boards.all)

    async def journey(self, token: str) -> Journey | None:
        """Return the journey of a slip's token or a service event in this hall, None if there is none (any more)."""

        def read() -> Journey | None:
            found = self.reader.find_ticket(token)
            known = found is not None and found[0] == self.hall.name
            return retell(self.reader.events_of_ticket(*found)) if found and known else None

        return await self._writer.read(read)

    async def standing(self, token: str) -> Standing | None:
        """Return a ticket as the hall sees it now, or as the centre last heard of it while the hall is away."""
        now = self._clock.monotonic()
        kept = self._standings.pop(token, None)
        if kept is None or now - kept[0] > FRESH:
            answer = await self._ask_engine(token) if token in self.hall.tickets.by_link else None
            kept = (now, answer) if answer else None
        if kept is not None:
            self._standings[token] = kept
            while len(self._standings) > _REMEMBERED:
                del self._standings[next(iter(self._standings))]
        return kept[1] if kept else from_hall(self.hall, token, self._clock.now())

    async def _ask_engine(self, token: str) -> Standing | None:
        if not self.device.link.is_up or self._clock.monotonic() < self._ask_again_at:
            return None
        try:
            reply = await self.device.ask(QUEUE, AskTicket(link=token), patience=ENGINE_PATIENCE)
        except NoAnswerError:
            self._ask_again_at = self._clock.monotonic() + SULK
            return None
        found = reply.tickets if isinstance(reply, TicketReply) else ()
        return from_engine(found[0], self._clock.now()) if found else None

    async def tell(self, address: Address, command: Command) -> str:
        """Tell a device to do something; return `done`, its refusal, or `no_answer`."""
        return await self.watcher.tell(address, command)

    def new_id(self) -> str:
        """Return a new identity for a fact."""
        return self.device.postmark.new_id()

    async def first_broken(self) -> int | None:
        """Return the first row of the ledger that does not hold, None if the whole chain does."""
        return await self._writer.read(self.reader.first_broken)

    async def move_rectification(self, service_event: str, state: RectificationState, role: str) -> None:
        """Take the answer to a bad rating one step on; raise RectificationError for any other step."""
        await self.note(self.hall.ratings.step(service_event, state, role, self._clock.now()))

    async def erase(self, older_than: datetime, rule: str) -> int:
        """Erase the hall's personal fields older than a time, with an audit row; return how many rows had some."""
        now, name = self._clock.now(), self.hall.name
        report = await self._writer.run(lambda: self.store.erase(name, older_than, rule, now))
        self._on_commit(report)
        erased = [event.fact for event in report.events if isinstance(event.fact, PersonalDataErased)]
        return sum(fact.rows for fact in erased)

    async def note(self, *facts: Fact) -> None:
        """Commit facts of the centre itself."""
        now, name = self._clock.now(), self.hall.name
        self._on_commit(await self._writer.run(lambda: self.store.record(name, facts, now)))

    async def _run_chores(self) -> None:
        """Do what a new business day asks for: retention, default ratings, and forgetting old tickets."""
        while True:
            await self._new_day.wait()
            self._new_day.clear()
            try:
                await self._begin_day(self._clock.now())
            except LedgerStoreError as error:
                _LOGGER.error("the new day's chores wait for the disk: %s", error)
                await self._clock.sleep(LONG_PAUSE)
                self._new_day.set()

    async def _begin_day(self, now: datetime) -> None:
        config = self.config
        await self.erase(now - timedelta(days=config.retention_days), f"{config.retention_days} days")
        if config.default_rating_days and (due := self.hall.ratings.to_default(now, config.default_rating_days)):
            await self.note(*due)
        if self.hall.business_day is not None:
            self.hall.forget(self.hall.business_day - timedelta(days=config.replay_days))

    async def _serve(self) -> None:
        await serve(build(self.site()), self.config.host, self.config.port)

    def _acknowledge(self, uplink: Address, ack: Ack) -> None:
        self.device.link.publish(uplink.topic(Channel.ACK), self.device.postmark.stamp(ack), qos=1, retain=True)

    def _on_commit(self, report: Report) -> None:
        self.metrics.count(report)
        for event in report.events:
            if event.hall == self.hall.name:
                self.hall.apply(event)
                if isinstance(event.fact, BusinessDayStarted):
                    self._new_day.set()
        if report.events:
            self.notice.post()
        if report.conflicts or report.lost:
            _LOGGER.error("%s facts conflict, %s rows were lost by a hall", report.conflicts, report.lost)
        if report.quarantined:
            _LOGGER.warning("quarantined: %s", report.quarantined)

    def _on_trouble(self, is_refused: bool) -> None:
        self._is_well = not is_refused
        self.device.set_faults(*([Fault.DISK_FULL] if is_refused else []))

    def _hear_request(self, message: LinkMessage) -> None:
        if self.cases is not None:
            self.cases.service.hear(message)

    def _hear_state(self, message: LinkMessage) -> None:
        device, _, envelope = open_message(message)
        self.hall.hear(device, codec.body_of(envelope, DeviceState), self._clock.now())
        self.notice.post()

    def _hear_result(self, message: LinkMessage) -> None:
        self.watcher.hear(message)

    def _hear_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        if message.topic.rpartition("/")[2] != board.zone:
            raise RemoteContractError("identity", f"zone {board.zone[:10]!r} on {message.topic[:120]}")
        self.hall.show(board)
        self.notice.post()

    def _screens(self) -> list[Address]:
        order = list(SCREENS)
        shown = [one for one in self.hall.devices if one.kind in SCREENS and self._is_online(one)]
        return sorted(shown, key=lambda one: (order.index(one.kind), one.name))

    def _is_online(self, device: Address) -> bool:
        return self.hall.devices[device].state.presence is Presence.ONLINE
