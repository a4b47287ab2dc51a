"""The identity card reader: searches only while somebody waits for a card, and names what is wrong."""

import asyncio
import logging
import random
from collections.abc import Awaitable, Callable

from hallkit.codecs.sam_v import (
    FAULTS_OF_ASKING,
    FAULTS_OF_READER,
    Ask,
    CardData,
    Reply,
    ReplyDecoder,
    SamFrameError,
    Status,
    encode_ask,
    fits,
    unpack_card,
)
from hallkit.codecs.sam_v_text import CardTextError, decode_address, decode_text
from hallkit.devices.answer_line import AnswerLine, LineCause, NoAnswerError, Opener, attend, hold_open
from hallkit.devices.id_reader_card import (
    Hint,
    IdCard,
    IdReaderError,
    IdReaderSettings,
    ReaderCause,
    ReaderView,
    Trouble,
)
from hallkit.rules.masking import mask_name
from hallkit.rules.sensitive import Sensitive
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream

_LOGGER = logging.getLogger(__name__)

FIRST_PAUSE = 0.5
PowerCycle = Callable[[], Awaitable[None]]


class _CardError(Exception):
    """This card was not read; the next may be."""

    def __init__(self, trouble: Trouble) -> None:
        super().__init__(trouble)
        self.trouble = trouble


class IdReader:
    """A SAM-V reader; `run` must be running, it holds the line and opens it again when it is gone.

    `power_cycle` takes the reader's power away and gives it back (a relay), for one that hangs; None if nothing can.
    """

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        *,
        settings: IdReaderSettings | None = None,
        power_cycle: PowerCycle | None = None,
        backoff: Backoff | None = None,
        on_change: Callable[[ReaderView], None] = lambda _: None,
        on_hint: Callable[[Hint], None] = lambda _: None,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._settings = settings or IdReaderSettings()
        self._power_cycle = power_cycle
        self._backoff = backoff or Backoff(random.Random(0), 0.5, 5.0)
        self._on_change = on_change
        self._on_hint = on_hint
        self._turn = asyncio.Lock()
        self._line: AnswerLine[Reply] | None = None
        self._doubt = asyncio.Event()
        self._changed = asyncio.Event()
        self.view = ReaderView()

    async def run(self) -> None:
        """Hold the line for ever: open, look after, open again with growing pauses; ends by cancellation."""
        await hold_open(self._opener, self._serve, self._lost, self._clock, self._backoff)

    async def wait_for(self, wanted: Callable[[ReaderView], bool]) -> ReaderView:
        """Return the view as soon as `wanted` holds for it."""
        while not wanted(self.view):
            self._changed.clear()
            await self._changed.wait()
        return self.view

    async def read(self) -> IdCard:
        """Wait for a card and return it; may be cancelled and called again; IdReaderError if the reader is gone.

        A card that cannot be read is told to `on_hint`; the search goes on until it is lifted and laid on again.
        """
        failures = 0
        async with self._turn:
            while True:
                try:
                    return await self._read_once()
                except _CardError as error:
                    failures += 1
                    _LOGGER.info("card not read: %s", error.trouble)
                    self._on_hint(Hint(error.trouble, failures))
                except NoAnswerError as error:
                    await self._revive(error)
                await self._clock.sleep(self._settings.poll_pause)

    async def is_card_there(self) -> bool:
        """Return whether the card read last still lies on the reader; IdReaderError if the reader is gone."""
        async with self._turn:
            return await self._sees_card()

    async def lifted(self) -> None:
        """Return once the card read last is taken off; IdReaderError if the reader is gone."""
        while await self.is_card_there():
            await self._clock.sleep(self._settings.poll_pause)

    async def _serve(self, stream: ByteStream) -> None:
        self._line = line = AnswerLine(stream, ReplyDecoder())
        line.on_gone = self._doubt.set
        try:
            await attend(line, lambda: self._look_after(line))
        finally:
            self._line = None

    async def _look_after(self, line: AnswerLine[Reply]) -> None:
        """Ask for the reader's state until it is good, again whenever it is in doubt; sleep while it is known."""
        pause = FIRST_PAUSE
        while not line.is_gone:
            async with self._turn:
                await self._probe()
            if self.view.cause is None:
                self._backoff.reset()
                pause = FIRST_PAUSE
                await self._doubt.wait()
                self._doubt.clear()
            elif not await line.gone(pause):
                pause = min(2 * pause, self._settings.probe_longest)

    async def _probe(self) -> None:
        """Learn whether the reader works: ask, then reset it, then take its power away for a moment."""
        try:
            reply = await self._greet()
        except NoAnswerError as error:
            self._show(ReaderCause(error.cause))
            return
        self._show(ReaderCause.SAM_FAULT if reply.status in FAULTS_OF_READER else None)

    async def _greet(self) -> Reply:
        silence = NoAnswerError(LineCause.SILENT)
        for ask in (Ask.STATUS, Ask.RESET):
            try:
                return await self._ask(ask)
            except NoAnswerError as error:
                silence = error
            if silence.cause is LineCause.UNPLUGGED:
                break
        if self._power_cycle is None or silence.cause is LineCause.UNPLUGGED:
            raise silence
        _LOGGER.warning("ID card reader hangs: taking its power away for a moment")
        await self._power_cycle()
        await self._clock.sleep(self._settings.boot_time)
        return await self._ask(Ask.STATUS)

    async def _revive(self, error: NoAnswerError) -> None:
        """Bring a reader that did not answer back; IdReaderError if it stays away."""
        _LOGGER.warning("ID card reader: %s", error)
        await self._probe()
        if self.view.cause is not None:
            raise self._out_of_use(self.view.cause) from error

    async def _read_once(self) -> IdCard:
        """Search until there is a card, then read it."""
        while (reply := await self._ask(Ask.FIND)).status != Status.FOUND:
            self._check(reply, Status.NOT_FOUND)
            await self._clock.sleep(self._settings.poll_pause)
        if self._check(await self._ask(Ask.SELECT), Status.SELECT_FAILED) != Status.OK:
            raise _CardError(Trouble.MOVED)
        return await self._read_card()

    async def _read_card(self) -> IdCard:
        try:
            blocks = await self._read_blocks()
            text = decode_text(blocks.text)
            address = await self._newest_address() if self._settings.with_newest_address else None
        except (SamFrameError, CardTextError) as error:
            _LOGGER.info("card: %s", error)
            raise _CardError(Trouble.UNKNOWN_KIND) from error
        holder = mask_name(text.name.reveal())
        return IdCard(text.number.reveal(), text, blocks.photo, blocks.fingerprint, address, holder=holder)

    async def _read_blocks(self) -> CardData:
        """Read; an answer that got lost counts as a card not read, for it will not be found again until lifted."""
        ask = Ask.READ_FINGERPRINT if self._settings.with_fingerprint else Ask.READ
        try:
            reply = await self._ask(ask)
            self._check(reply, Status.OK)
        except NoAnswerError as error:
            await self._revive(error)
            broke_off = error.cause is LineCause.CUT_SHORT
            raise _CardError(Trouble.MOVED if broke_off else Trouble.UNREADABLE) from error
        return unpack_card(ask, reply.data)

    async def _newest_address(self) -> Sensitive | None:
        reply = await self._ask(Ask.READ_ADDRESS)
        return Sensitive(decode_address(reply.data)) if reply.status is Status.OK else None

    async def _sees_card(self) -> bool:
        """Ask for something of the card read before: only a card that lies there can have it or lack it."""
        try:
            reply = await self._ask(Ask.READ_ADDRESS)
        except NoAnswerError as error:
            await self._revive(error)
            return True
        return reply.status in (Status.OK, Status.ABSENT_ON_CARD)

    async def _ask(self, ask: Ask) -> Reply:
        if self._line is None:
            raise NoAnswerError(LineCause.UNPLUGGED)
        long = ask in (Ask.READ, Ask.READ_FINGERPRINT)
        deadline = self._settings.frame_deadline if long else self._settings.answer_deadline
        return await self._line.ask(encode_ask(ask), lambda reply: fits(ask, reply), deadline)

    def _check(self, reply: Reply, allowed: Status) -> Status | int:
        """Return the status if it is good or `allowed`; raise what it means for card or reader otherwise."""
        if reply.status in (Status.OK, allowed):
            return reply.status
        if reply.status in FAULTS_OF_READER:
            self._show(ReaderCause.SAM_FAULT)
            raise self._out_of_use(ReaderCause.SAM_FAULT)
        if reply.status in FAULTS_OF_ASKING:
            raise NoAnswerError(LineCause.GARBLED)
        _LOGGER.info("reader says %02X, card %s", reply.status, reply.card.hex())
        raise _CardError(TROUBLES.get(reply.status, Trouble.UNREADABLE))

    def _out_of_use(self, cause: ReaderCause) -> IdReaderError:
        self._doubt.set()
        return IdReaderError(cause)

    def _lost(self) -> None:
        self._show(ReaderCause.UNPLUGGED)

    def _show(self, cause: ReaderCause | None) -> None:
        if cause != self.view.cause:
            self.view = ReaderView(cause)
            self._changed.set()
            self._on_change(self.view)


TROUBLES: dict[Status | int, Trouble] = {
    Status.UNKNOWN_CARD_TYPE: Trouble.UNKNOWN_KIND,
    Status.READ_FAILED: Trouble.MOVED,
    Status.SELECT_FAILED: Trouble.MOVED,
}
"""What else than UNREADABLE a status means."""
