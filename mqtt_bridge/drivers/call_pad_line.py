"""The master of one RS-485 line of window call pads."""

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from hallkit.errors import StreamError
from hallkit.runtime.clock import Clock
from hallkit.transports.stream import ByteStream
from mqtt_bridge.core.field_census import SALTS
from mqtt_bridge.core.field_exchange import (
    Answer,
    Ask,
    Assign,
    Census,
    Done,
    HealthChanged,
    KeyPress,
    PadDisplay,
    PadEvent,
    PadHealth,
    Roll,
    Select,
)
from mqtt_bridge.core.field_keys import KeyGuard
from mqtt_bridge.core.field_poll import PollSchedule, Turn
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.line_reader import GONE, LineReader, OpenLine, keep_open
from mqtt_bridge.drivers.line_turns import EveryTurn, Turns
from mqtt_bridge.drivers.pad_exchange import Nothing, PadExchange
from mqtt_bridge.errors import AddressTakenError, FieldConfigError, PadNotFoundError, PressNotStoredError
from mqtt_bridge.wire import call_pad as wire
from mqtt_bridge.wire.call_pad_values import pack_ticket

_LOGGER = logging.getLogger(__name__)

QUIET_ROUNDS = 2


@dataclass(frozen=True, slots=True)
class _Job:
    """A technician's ask, put in between two turns at most once a cycle."""

    address: int
    ask: Ask
    answer: asyncio.Future[Answer | Nothing] = field(compare=False)


class CallPadLine:
    """Polls the pads of `pads` (address: window), hands on every key press once and in order.

    `on_key(address, press)` must store the press before it returns, or raise PressNotStoredError: only then may the
    pad forget it, and a bridge killed in between hears it again under the same `press.name`.
    `on_health(address, change)` is told of changes.
    """

    def __init__(
        self,
        open_line: OpenLine,
        pads: Mapping[int, int],
        clock: Clock,
        *,
        on_key: Callable[[int, KeyPress], None],
        on_health: Callable[[int, HealthChanged], None],
        turns: Turns | None = None,
        timing: LineTiming | None = None,
    ) -> None:
        check_pads(pads)
        self.pads = dict(pads)
        self._open = open_line
        self._clock = clock
        self._on_key = on_key
        self._on_health = on_health
        self._turns = turns or EveryTurn()
        self._timing = timing or LineTiming()
        self._schedule = PollSchedule(pads, self._timing)
        self._guard = KeyGuard()
        self._wake = asyncio.Event()
        self._jobs: deque[_Job] = deque()
        self._turns_since_job = 0
        self._asking = False
        self._stirred: list[int] = []
        self.strays = 0

    async def run(self) -> None:
        """Serve the line until cancelled; a line that is gone is opened again."""
        await keep_open(self._open, self._serve, self._lose_line, self._clock)

    def show(self, pad: int, display: PadDisplay) -> None:
        """Show `display` on the pad at address `pad`, also after it restarts; raise FrameError if it does not fit."""
        pack_ticket(display.ticket)
        self._schedule.show(pad, display)
        self._wake.set()

    def identify(self, pad: int, seconds: int = 20) -> None:
        """Have the pad at address `pad` blink it; any key pressed meanwhile comes as PadKey.FOUND."""
        self._schedule.identify(pad, seconds)
        self._wake.set()

    def stir(self, pad: int) -> None:
        """Take from a simulated line that something happened at address `pad`."""
        if self._asking:
            self._stirred.append(pad)
        else:
            self._schedule.stir(pad, self._clock.monotonic())
            self._wake.set()

    def health(self, pad: int) -> PadHealth | None:
        """Return how the pad at address `pad` is; None before it was first asked."""
        return self._schedule.pad(pad).health

    async def survey(self, address: int = wire.UNASSIGNED) -> tuple[int, ...]:
        """Return the serials of all pads at `address`, sorted; asks until two rounds bring nothing new."""
        serials: tuple[int, ...] = ()
        quiet = 0
        for salt in range(SALTS):
            roll = await self._request(address, Census(salt))
            heard = roll.serials if isinstance(roll, Roll) else ()
            known, serials = serials, tuple(sorted({*serials, *heard}))
            quiet = 0 if serials != known or (isinstance(roll, Roll) and roll.garbled) else quiet + 1
            if quiet == QUIET_ROUNDS:
                break
        return serials

    async def assign(self, serial: int, address: int) -> None:
        """Give the pad `serial` the address `address`; raise AddressTakenError or PadNotFoundError."""
        others = [found for found in await self.survey(address) if found != serial]
        if others:
            raise AddressTakenError(f"address {address} belongs to pad {others[0]}; move or unplug that pad first")
        for ask in (Select(serial), Assign(address)):
            if not isinstance(await self._request(wire.EVERYBODY, ask), Done):
                raise PadNotFoundError(f"pad {serial} does not answer; is it on this line, and has it power?")
        self.stir(address)

    async def _serve(self, stream: ByteStream, reader: LineReader) -> None:
        exchange = PadExchange(stream, reader, self._timing)
        try:
            while True:
                await self._next(exchange)
        finally:
            self._asking = False
            self.strays += exchange.strays

    def _lose_line(self) -> None:
        self._drop_jobs()
        self._tell(self._schedule.on_line_lost())

    async def _next(self, exchange: PadExchange) -> None:
        turn = await self._turns.next(self._schedule, self._clock, self._wake)
        if turn is not None:
            await self._take(exchange, turn)
        if self._jobs and (turn is None or self._turns_since_job >= len(self.pads)):
            await self._do_job(exchange, self._jobs.popleft())

    async def _take(self, exchange: PadExchange, turn: Turn) -> None:
        self._turns_since_job += 1
        answer = await self._ask(exchange, turn.address, turn.ask)
        now = self._clock.monotonic()
        if answer is Nothing.SILENCE:
            events = self._schedule.on_silence(now)
        elif answer is Nothing.NOISE:
            events = self._schedule.on_garbled(now)
        else:
            events = self._schedule.on_reply(now, answer)
        self._after_ask(now)
        self._tell(events)

    async def _do_job(self, exchange: PadExchange, job: _Job) -> None:
        self._turns_since_job = 0
        try:
            answer = await self._ask(exchange, job.address, job.ask)
        except StreamError:
            self._jobs.appendleft(job)
            raise
        self._after_ask(self._clock.monotonic())
        if not job.answer.done():
            job.answer.set_result(answer)
        await self._clock.sleep(self._timing.gap)

    async def _ask(self, exchange: PadExchange, address: int, ask: Ask) -> Answer | Nothing:
        self._asking = True
        return await exchange.ask(address, ask)

    def _after_ask(self, now: float) -> None:
        """Hand on what stirred during the exchange, which its answer may be too old to tell."""
        self._asking = False
        for address in self._stirred:
            self._schedule.stir(address, now)
        self._stirred.clear()

    async def _request(self, address: int, ask: Ask) -> Answer | Nothing:
        job = _Job(address, ask, asyncio.get_running_loop().create_future())
        self._jobs.append(job)
        self._wake.set()
        return await job.answer

    def _drop_jobs(self) -> None:
        for job in self._jobs:
            if not job.answer.done():
                job.answer.set_exception(PadNotFoundError(GONE))
        self._jobs.clear()

    def _tell(self, events: tuple[PadEvent, ...]) -> None:
        for event in events:
            if isinstance(event, KeyPress):
                self._take_press(event)
            else:
                _LOGGER.log(_level(event), "call pad %d is %s", event.address, event.health.value)
                self._on_health(event.address, event)

    def _take_press(self, press: KeyPress) -> None:
        """Hand a press on, and let the pad forget it once it is stored; else the pad says it again."""
        try:
            if self._guard.admits(press, self._clock.monotonic()):
                self._on_key(press.address, press)
        except PressNotStoredError as error:
            _LOGGER.error("a press stays in call pad %d: %s", press.address, error)
            return
        self._schedule.acknowledge(press)


def check_pads(pads: Mapping[int, int]) -> None:
    """Raise FieldConfigError, one fault a line, unless every pad has an address of its own range and a window."""
    faults = [
        f"call pad address {address}: use {wire.FIRST_ADDRESS} to {wire.LAST_ADDRESS}"
        for address in pads
        if not wire.FIRST_ADDRESS <= address <= wire.LAST_ADDRESS
    ]
    faults += [f"call pad {address}: window {window} is no window" for address, window in pads.items() if window < 1]
    if not pads:
        faults.append("a call pad line without call pads: list at least one address")
    if faults:
        raise FieldConfigError("\n".join(faults))


def _level(change: HealthChanged) -> int:
    return logging.INFO if change.health is PadHealth.ONLINE else logging.WARNING
