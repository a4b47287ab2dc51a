"""What a kiosk asks of the centre: written down first, sent once, found again by a second try."""

import asyncio
import hashlib
import logging
import random
from collections.abc import Callable

from contract import codec
from contract.body import Reply, Request
from contract.case_requests import (
    PART_BYTES,
    AskOnFile,
    AskProgress,
    CaseRefused,
    CaseReply,
    CheckReply,
    DocumentReply,
    NoticeReply,
    OnFileReply,
    ProgressReply,
    ReportWrongData,
    ReprintNotice,
    SendDocument,
    SubmitApplication,
    WithdrawCase,
)
from contract.cases import SERVICE, CaseRefusal
from contract.link import Done
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.writer import Writer
from kiosk.core.application import application_of, check_of, matter_bytes, signed_bytes, supplement_of
from kiosk.core.happening import Cases, Happened
from kiosk.core.session import Choice, Issued, Session, Told
from kiosk.core.strokes import picture_of, sign
from kiosk.core.table import Event
from kiosk.drivers.kiosk_store import KioskStore
from kiosk.drivers.seal import NONCE, Seal

_LOGGER = logging.getLogger(__name__)

PATIENCE_AWAY = 2.0
"""Seconds a citizen waits for a centre that is known to be away."""

KEPT_EVERY = 30.0
"""Seconds between two tries to send what was kept while the centre was away."""

Documents = Callable[[], dict[str, bytes]]
"""Returns the captured documents by their hash."""


class CentreDesk:
    """Asks the centre for one kiosk; `on_answer` hears whether it answered, `is_away` tells whether it is known not to.

    `documents` returns the bytes of what was captured in this session.
    """

    def __init__(
        self, device: Device, store: KioskStore, writer: Writer, clock: Clock, chance: random.Random, seal: Seal, *,
        patience: float, is_away: Callable[[], bool], on_answer: Callable[[bool], None], documents: Documents,
    ) -> None:  # fmt: skip
        self._device, self._store, self._writer, self._clock, self._chance = device, store, writer, clock, chance
        self._seal, self._patience, self._is_away, self._on_answer = seal, patience, is_away, on_answer
        self._documents = documents
        self._wake = asyncio.Event()
        self.sending: dict[str, None] = {}

    async def ask(self, request: Request, key: str | None = None, patience: float | None = None) -> Reply:
        """Return the centre's reply; raise NoAnswerError, after telling that it is away."""
        wait = patience or (PATIENCE_AWAY if self._is_away() else self._patience)
        try:
            reply = await self._device.ask(SERVICE, request, key=key, patience=wait)
        except NoAnswerError:
            self._on_answer(False)
            raise
        self._on_answer(True)
        return reply

    async def on_file(self, session: Session) -> Happened:
        """Ask what the centre already holds, as the citizen just agreed to."""
        assert session.person is not None
        choice = session.choice or Choice()
        topic = choice.topic
        items = tuple(part.item for part in topic.parts) if topic is not None else (choice.code,)
        reply = await self._try(AskOnFile(identity=session.person.identity, items=items[:20], consent=True))
        return Happened(Event.ON_FILE, brings=reply if isinstance(reply, OnFileReply) else OnFileReply())

    async def check(self, session: Session) -> Happened:
        """Ask what the application would be answered."""
        reply = await self._try(check_of(session))
        return Happened(Event.CHECKED, brings=reply) if isinstance(reply, CheckReply) else _otherwise(reply)

    async def submit(self, session: Session) -> Happened:
        """Hand the application in: one case, whatever is killed and however often it is tried."""
        content = signed_bytes(session)
        picture = picture_of(sign(session.strokes, session.pad, content))
        request = application_of(session, hashlib.sha256(picture).hexdigest())
        matter, fresh = matter_bytes(session), self._device.postmark.new_id()
        pending = await self._writer.run(lambda: self._store.begin(matter, fresh, self._clock.now()))
        wanted = {one.digest for one in request.materials if one.digest is not None}
        papers = [data for digest, data in self._documents().items() if digest in wanted]
        self.sending[pending.key] = None
        try:
            return await self._hand_in(pending.key, request, [*papers, picture])
        finally:
            self.sending.pop(pending.key, None)

    async def _hand_in(self, key: str, request: SubmitApplication, documents: list[bytes]) -> Happened:
        try:
            reply = await self._send(key, request, documents)
        except NoAnswerError:
            await self._keep(key, request, documents)
            return Happened(Event.AWAY, brings=Told(word="kept", number=key[-8:]))
        issued = await self._issued(request, reply)
        if issued is not None:
            await self._writer.run(lambda: self._store.answered(key, issued.notice.document))
            return Happened(Event.SUBMITTED, brings=issued)
        await self._writer.run(lambda: self._store.refused(key))
        return _otherwise(reply)

    async def _issued(self, request: SubmitApplication, reply: Reply) -> Issued | None:
        """Return the case a reply tells of: the new one, or the one an earlier try under the same key made."""
        if isinstance(reply, CaseReply):
            return Issued(notice=reply.notice, repeated=reply.repeated)
        if not isinstance(reply, CaseRefused) or reply.code is not CaseRefusal.KEY_REUSED:
            return None
        identity = request.applicant.identity
        found = await self._try(AskProgress(identity=identity))
        if not isinstance(found, ProgressReply) or not found.cases or not found.cases[0].documents:
            return None
        case = found.cases[0]
        asked = ReprintNotice(document=case.documents[0], case=case.case, identity=identity)
        notice = await self._try(asked, self._device.postmark.new_id())
        return Issued(notice=notice.notice, repeated=True) if isinstance(notice, NoticeReply) else None

    async def _send(self, key: str, request: SubmitApplication, documents: list[bytes]) -> Reply:
        for data in documents:
            await self._send_document(data)
        return await self.ask(request, key)

    async def _send_document(self, data: bytes) -> None:
        """Send a document piece by piece, from where the centre has it."""
        digest, received = hashlib.sha256(data).hexdigest(), 0
        while received < len(data):
            piece = data[received : received + PART_BYTES]
            reply = await self.ask(SendDocument(digest=digest, size=len(data), offset=received, data=piece))
            if not isinstance(reply, DocumentReply) or (reply.received <= received and not reply.is_complete):
                _LOGGER.error("the centre does not take a document")
                return
            received = len(data) if reply.is_complete else reply.received

    async def _keep(self, key: str, request: SubmitApplication, documents: list[bytes]) -> None:
        parts = [*documents, codec.encode_body(request)]
        sealed = [self._seal.close(one, f"{key}/{place}", self._nonce()) for place, one in enumerate(parts)]
        await self._writer.run(lambda: self._store.keep(key, sealed))
        self._wake.set()

    def _nonce(self) -> bytes:
        return self._chance.getrandbits(8 * NONCE).to_bytes(NONCE, "big")

    def wake(self) -> None:
        """Try now to send what was kept: the centre may be back."""
        self._wake.set()

    async def run(self) -> None:
        """Send what was kept, until cancelled."""
        while True:
            waiting = [key for key in await self._writer.run(self._store.waiting) if key not in self.sending]
            for key in waiting:
                if not await self._send_kept(key):
                    break
            await self._rest(bool(waiting))

    async def _rest(self, is_waiting: bool) -> None:
        try:
            async with asyncio.timeout(KEPT_EVERY if is_waiting else None):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _send_kept(self, key: str) -> bool:
        """Send one kept application; return whether the centre answered."""
        parts = await self._writer.run(lambda: self._store.sealed(key))
        opened = [self._seal.open(one, f"{key}/{place}") for place, one in enumerate(parts)]
        request = _application(opened[-1])
        try:
            reply = await self._send(key, request, opened[:-1])
        except NoAnswerError:
            return False
        if isinstance(reply, CaseReply):
            document = reply.notice.document
            await self._writer.run(lambda: self._store.answered(key, document))
        else:
            _LOGGER.error("the centre refused a kept application: %s", reply)
            await self._writer.run(lambda: self._store.refused(key))
        return True

    async def find(self, session: Session) -> Happened:
        """Find cases by the address on a notice, by number with query code, or by who is here."""
        reply = await self._try(_wanted(session))
        if not isinstance(reply, ProgressReply):
            return _otherwise(reply)
        if not reply.cases:
            return Happened(Event.REFUSED, brings=Told(word="no_case", refusal=CaseRefusal.NO_CASE))
        return Happened(Event.FOUND, brings=Cases(reply.cases))

    async def reprint(self, session: Session, document: str) -> Happened:
        """Get a notice of the case shown again, marked with its copy number."""
        assert session.case is not None
        person = session.person
        identity = person.identity if person is not None and not session.case.link else None
        request = ReprintNotice(
            document=document, link=session.case.link or None, identity=identity,
            case=session.case.case if identity else None,
        )  # fmt: skip
        reply = await self._try(request, self._device.postmark.new_id())
        if isinstance(reply, NoticeReply):
            return Happened(Event.REPRINTED, brings=Issued(notice=reply.notice))
        return _otherwise(reply)

    async def supplement(self, session: Session) -> Happened:
        """Bring what the case shown still needs."""
        request = supplement_of(session)
        wanted = {one.digest for one in request.materials if one.digest is not None}
        try:
            for digest, data in self._documents().items():
                if digest in wanted:
                    await self._send_document(data)
            reply = await self.ask(request, self._device.postmark.new_id())
        except NoAnswerError:
            return Happened(Event.AWAY)
        if isinstance(reply, CaseReply):
            return Happened(Event.REPRINTED, brings=Issued(notice=reply.notice))
        return _otherwise(reply)

    async def withdraw(self, session: Session) -> Happened:
        """Take the case shown back."""
        assert session.case is not None
        reply = await self._try(WithdrawCase(link=session.case.link), self._device.postmark.new_id())
        if isinstance(reply, CaseReply):
            return Happened(Event.NOTED, brings=Told(word="withdrawn", number=reply.case))
        return _otherwise(reply)

    async def report_wrong(self, session: Session) -> Happened:
        """Say that data offered from the centre's files is wrong."""
        assert session.person is not None
        text = session.entry.value("text")
        request = ReportWrongData(identity=session.person.identity, field=session.category or "person", text=text)
        reply = await self._try(request, self._device.postmark.new_id())
        return Happened(Event.NOTED, brings=Told(word="reported")) if isinstance(reply, Done) else _otherwise(reply)

    async def _try(self, request: Request, key: str | None = None) -> Reply | None:
        try:
            return await self.ask(request, key)
        except NoAnswerError:
            return None


def _otherwise(reply: Reply | None) -> Happened:
    """Return what a reply that is not the wanted one means to the citizen."""
    if reply is None:
        return Happened(Event.AWAY, brings=Told(word="centre"))
    if isinstance(reply, CaseRefused):
        return Happened(
            Event.REFUSED, brings=Told(word=reply.code.value, detail=reply.detail, refusal=reply.code)
        )  # fmt: skip
    return Happened(Event.REFUSED, brings=Told(word=CaseRefusal.FAULT.value, refusal=CaseRefusal.FAULT))


def _application(data: bytes) -> SubmitApplication:
    request = codec.decode_body(SubmitApplication.__name__, data)
    assert isinstance(request, SubmitApplication), "only applications are kept"
    return request


def _wanted(session: Session) -> AskProgress:
    if session.told.word == "link":
        return AskProgress(link=session.told.detail.rstrip("/").rpartition("/")[2][:64])
    if number := session.entry.value("case"):
        return AskProgress(case=number, query_code=session.entry.value("query").replace(" ", "") or None)
    return AskProgress(identity=session.person.identity if session.person else "")
