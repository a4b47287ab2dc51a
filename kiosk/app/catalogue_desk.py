"""The catalogue at a kiosk: asked for once, kept on the disk, asked again when another was published."""

import asyncio
from collections.abc import Awaitable, Callable

from contract import codec
from contract.body import Reply, Request
from contract.case_requests import AskCatalogue, AskItem, AskTopic, CaseRefused, CatalogueReply, ItemReply, TopicReply
from contract.cases import CaseRefusal
from contract.catalogue import CatalogueEntry, ItemGuide, TopicGuide
from hallkit.rules.item_search import ItemSearch
from hallkit.runtime.clock import Clock
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.writer import Writer
from kiosk.core.happening import Happened
from kiosk.core.session import Choice, Session, Told
from kiosk.core.table import Event
from kiosk.drivers.kiosk_store import KioskStore

LINES, GUIDE = "lines/", "guide/"
RETRY = 10.0
"""Seconds between two questions while the centre does not answer."""

Ask = Callable[[Request], Awaitable[Reply]]


class CatalogueDesk:
    """Keeps the catalogue; `on_change` hears of new lines with their fingerprint."""

    def __init__(
        self, store: KioskStore, writer: Writer, clock: Clock, ask: Ask,
        on_change: Callable[[tuple[CatalogueEntry, ...], str], None],
    ) -> None:  # fmt: skip
        self._store, self._writer, self._clock, self._ask, self._on_change = store, writer, clock, ask, on_change
        self._search = ItemSearch(())
        self._fingerprint = ""
        self._wake = asyncio.Event()

    def find(self, query: str) -> tuple[CatalogueEntry, ...]:
        """Return the lines for what was typed so far, best first."""
        return self._search.find(query)

    def renew(self) -> None:
        """Ask again: another catalogue was published, or the centre is back."""
        self._wake.set()

    async def run(self) -> None:
        """Show what the disk has, then keep up with the centre until cancelled."""
        pages = await self._writer.run(lambda: self._store.pages(LINES))
        if pages:
            self._take([_catalogue(body) for body in pages.values()])
        while True:
            self._wake.clear()
            try:
                await self._ask_for_lines()
            except NoAnswerError:
                await self._clock.sleep(RETRY)
                continue
            await self._wake.wait()

    async def _ask_for_lines(self) -> None:
        replies, after = [], ""
        while True:
            reply = await self._ask(AskCatalogue(known=self._fingerprint, after=after))
            if not isinstance(reply, CatalogueReply) or (not after and reply.fingerprint == self._fingerprint):
                return
            replies.append(reply)
            after = reply.after
            if not after:
                break
        await self._writer.run(lambda: self._keep(replies))
        self._take(replies)

    def _keep(self, replies: list[CatalogueReply]) -> None:
        with self._store.commit():
            self._store.drop_pages()
            for place, reply in enumerate(replies):
                self._store.save_page(f"{LINES}{place:04d}", codec.encode_body(reply))

    def _take(self, replies: list[CatalogueReply]) -> None:
        entries = tuple(entry for reply in replies for entry in reply.entries)
        self._fingerprint = replies[0].fingerprint
        self._search = ItemSearch(entries)
        self._on_change(entries, self._fingerprint)

    async def guide(self, session: Session) -> Happened:
        """Return the guide of what was chosen: the centre's, else the one kept from before."""
        choice = session.choice or Choice()
        is_topic = choice.kind == "topic"
        request = AskTopic(topic=choice.code, situation=choice.situation) if is_topic else AskItem(item=choice.code)
        name = f"{GUIDE}{choice.kind}/{choice.code}/" + ",".join(f"{one.code}={one.value}" for one in choice.situation)
        try:
            reply = await self._ask(request)
        except NoAnswerError:
            kept = await self._writer.run(lambda: self._store.pages(name))
            return _guided(_reply(kept[name], is_topic).guide) if name in kept else _away()
        if isinstance(reply, ItemReply | TopicReply):
            await self._writer.run(lambda: self._store.save_page(name, codec.encode_body(reply)))
            return _guided(reply.guide)
        code = reply.code if isinstance(reply, CaseRefused) else CaseRefusal.FAULT
        return Happened(Event.REFUSED, brings=Told(word=code.value, refusal=code))


def _guided(guide: ItemGuide | TopicGuide) -> Happened:
    return Happened(Event.GUIDED, brings=guide)


def _away() -> Happened:
    return Happened(Event.AWAY, brings=Told(word="centre"))


def _catalogue(body: bytes) -> CatalogueReply:
    reply = codec.decode_body(CatalogueReply.__name__, body)
    assert isinstance(reply, CatalogueReply), "only lines are kept under this name"
    return reply


def _reply(body: bytes, is_topic: bool) -> ItemReply | TopicReply:
    reply = codec.decode_body((TopicReply if is_topic else ItemReply).__name__, body)
    assert isinstance(reply, ItemReply | TopicReply), "only guides are kept under this name"
    return reply
