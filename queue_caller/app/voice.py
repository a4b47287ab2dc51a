"""The voice program: hears the boards of its zones and speaks calls and evacuation texts."""

import asyncio
import logging
import random
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from contract import codec, topics
from contract.board import ZoneBoard
from contract.errors import RemoteContractError
from contract.field import FaultCleared, FaultRaised
from contract.ids import token
from contract.link import Fault
from contract.topics import Address
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import Outbox, OutboxFullError
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import Writer
from queue_caller.core.announcer import Announcer, AnnouncerRules, Mark, Urgency, Utterance
from queue_caller.core.phrase import evacuation_phrase
from queue_caller.drivers.narrator import Narrator
from queue_caller.drivers.speaker import Speaker
from queue_caller.drivers.spoken_marks import SpokenMarks
from queue_caller.drivers.synthesizer import Synthesizer
from queue_caller.wire.sound import Sound, SoundError, SynthesisError, alarm

_LOGGER = logging.getLogger(__name__)


class VoiceApp:
    """One loudspeaker line and the zones it serves; a fault of the voice is reported and the hall goes on."""

    def __init__(
        self,
        address: Address,
        password: str,
        *,
        zones: Sequence[str],
        links: LinkFactory,
        clock: Clock,
        chance: random.Random,
        database: sqlite3.Connection,
        speaker: Speaker,
        synthesizer: Synthesizer,
        rules: AnnouncerRules | None = None,
        engine: str | None = None,
        cache: Path | None = None,
        recordings: Path | None = None,
        writer: Writer | None = None,
        version: str = "",
    ) -> None:
        self._clock, self._speaker, self._engine = clock, speaker, engine
        self._marks = SpokenMarks(database)
        self._narrator = Narrator(synthesizer, cache=cache, recordings=recordings)
        self.announcer = Announcer(zones, rules, self._marks.load())
        self.device = Device(
            address,
            password,
            links=links,
            clock=clock,
            chance=chance,
            hear={topics.board(address.hall, zone): self._on_board for zone in zones},
            outbox=Outbox(database, token(chance.getrandbits(128))),
            writer=writer,
            version=version,
        )
        self._wake = asyncio.Event()
        self._saying: asyncio.Task[bool] | None = None
        self._faults: tuple[Fault, ...] = ()

    async def run(self) -> None:
        """Speak until cancelled."""
        try:
            await run_jobs([("device", self.device.run), ("voice", self._speak)])
        finally:
            self._speaker.stop()
            self._speaker.close()

    def _on_board(self, message: LinkMessage) -> None:
        envelope = codec.decode(message.payload)
        board = codec.body_of(envelope, ZoneBoard)
        if message.topic != topics.board(self.device.address.hall, board.zone):
            raise RemoteContractError("zone", f"{board.zone[:8]!r} on {message.topic}")
        if self._engine is not None and envelope.dev != self._engine:
            raise RemoteContractError("identity", f"{envelope.dev[:40]!r} is not the queue engine")
        if self.announcer.hear(board, self._clock.now(), live=not message.retained):
            self._interrupt()
        self._wake.set()

    def _interrupt(self) -> None:
        self._speaker.stop()
        if self._saying is not None:
            self._saying.cancel()

    async def _speak(self) -> None:
        await self._prepare()
        while True:
            self._wake.clear()
            utterance = self.announcer.next(self._clock.now())
            if utterance is None:
                await self._rest()
            else:
                whole = await self._say_interruptibly(utterance)
                self.announcer.said(utterance, self._clock.now(), whole=whole)

    async def _prepare(self) -> None:
        """Have the evacuation text ready before anything else, which also shows whether there is a voice."""
        try:
            for language in self.announcer.rules.languages:
                await self._narrator.sound_of(evacuation_phrase(language))
        except SynthesisError as error:
            await self._failed(Fault.VOICE_FAILED, error)

    async def _rest(self) -> None:
        wakes_at = self.announcer.wakes_at()
        pause = None if wakes_at is None else max((wakes_at - self._clock.now()).total_seconds(), 0.0)
        try:
            async with asyncio.timeout(pause):
                await self._wake.wait()
        except TimeoutError:
            return

    async def _say_interruptibly(self, utterance: Utterance) -> bool:
        self._saying = asyncio.ensure_future(self._say(utterance))
        try:
            await asyncio.wait([self._saying])
            return not self._saying.cancelled() and self._saying.result()
        finally:
            self._saying.cancel()
            await asyncio.gather(self._saying, return_exceptions=True)
            self._saying = None

    async def _say(self, utterance: Utterance) -> bool:
        try:
            sound = await self._sound(utterance)
            if utterance.mark is not None:
                await self._keep(utterance.zone, utterance.mark)
            whole = await self._speaker.say(sound.at_volume(utterance.volume))
        except SoundError as error:
            await self._failed(Fault.VOICE_FAILED, error)
            return False
        await self._recovered(Fault.VOICE_FAILED)
        return whole

    async def _sound(self, utterance: Utterance) -> Sound:
        """Return the sentence; an evacuation that cannot be spoken is an alarm tone."""
        try:
            return await self._narrator.sound_of(utterance.phrase)
        except SynthesisError as error:
            if utterance.urgency is not Urgency.EVACUATION:
                raise
            await self._failed(Fault.VOICE_FAILED, error)
            return alarm()

    async def _keep(self, zone: str, mark: Mark) -> None:
        """Commit what is about to be spoken; a call is worth more than never repeating it."""
        try:
            await self.device.writer.run(partial(self._marks.keep, zone, mark))
        except sqlite3.Error as error:
            await self._failed(Fault.DISK_FULL, error)
        else:
            await self._recovered(Fault.DISK_FULL)

    async def _failed(self, fault: Fault, error: Exception) -> None:
        if fault in self._faults:
            return
        _LOGGER.error("%s: %s: %s", self._name, fault.value, error)
        self._faults = (*self._faults, fault)
        self.device.set_faults(*self._faults)
        await self._report(FaultRaised(subject=self._name, fault=fault, at=self._clock.now()))

    async def _recovered(self, fault: Fault) -> None:
        if fault not in self._faults:
            return
        self._faults = tuple(one for one in self._faults if one is not fault)
        self.device.set_faults(*self._faults)
        await self._report(FaultCleared(subject=self._name, fault=fault, at=self._clock.now()))

    async def _report(self, fact: FaultRaised | FaultCleared) -> None:
        try:
            await self.device.report(fact)
        except (OutboxFullError, sqlite3.Error) as error:
            _LOGGER.error("%s: %s was not stored: %s", self._name, type(fact).__name__, error)

    @property
    def _name(self) -> str:
        return self.device.address.name
