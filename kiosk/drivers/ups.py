"""The uninterruptible power supply, through the NUT server: mains, battery, low, and what to do about it."""

import asyncio
import logging
import random
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from hallkit.devices.answer_line import AnswerLine, NoAnswerError, Opener, attend, hold_open
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream
from kiosk.wire.nut import AnswerDecoder, NutAnswer, Refusal, Refused, encode_list

_LOGGER = logging.getLogger(__name__)


class Power(StrEnum):
    """Where the current comes from; LOW: the battery is nearly empty, or upsd orders the end."""

    UNKNOWN = "unknown"
    MAINS = "mains"
    BATTERY = "battery"
    LOW = "low"


class UpsCause(StrEnum):
    """Why nothing is known now."""

    UNPLUGGED = "unplugged"
    SILENT = "silent"
    GARBLED = "garbled"
    CUT_SHORT = "cut_short"
    STALE = "stale"
    NO_DRIVER = "no_driver"
    NO_SUCH_UPS = "no_such_ups"
    REFUSED = "refused"


ADVICE = {
    UpsCause.UNPLUGGED: "upsd cannot be reached; is it running, and does it listen here?",
    UpsCause.SILENT: "upsd does not answer; restart it",
    UpsCause.GARBLED: "this is not upsd; check host and port",
    UpsCause.CUT_SHORT: "upsd's answer breaks off; restart it",
    UpsCause.STALE: "upsd has lost the supply; check its cable",
    UpsCause.NO_DRIVER: "the supply's driver does not run; check its cable and 'upsdrvctl start'",
    UpsCause.NO_SUCH_UPS: "upsd knows no supply of this name; check ups.conf",
    UpsCause.REFUSED: "upsd refuses; check upsd.users and upsd.conf",
}
_REFUSALS = {
    Refused.UNKNOWN_UPS: UpsCause.NO_SUCH_UPS,
    Refused.DATA_STALE: UpsCause.STALE,
    Refused.DRIVER_NOT_CONNECTED: UpsCause.NO_DRIVER,
}


@dataclass(frozen=True, slots=True)
class UpsView:
    """What is known: while `cause` says why not, `power` is the last that was; `charge` in percent, `runtime` in s."""

    cause: UpsCause | None = UpsCause.UNPLUGGED
    power: Power = Power.UNKNOWN
    charge: int | None = None
    runtime: int | None = None
    replace_battery: bool = False
    overloaded: bool = False

    @property
    def takes_new_sessions(self) -> bool:
        """Say whether a citizen may begin: not when the end is near."""
        return not self.must_stop

    @property
    def must_stop(self) -> bool:
        """Say whether to end in order now: the battery is low, or was in use when all news ended."""
        return self.power is Power.LOW or (self.power is Power.BATTERY and self.cause is not None)


@dataclass(frozen=True, slots=True, kw_only=True)
class UpsSettings:
    """The supply's name at upsd, and seconds; `look_every` None: only when `stir` says that there is news."""

    name: str = "kiosk"
    look_every: float | None = 5.0
    on_battery_every: float | None = 2.0
    answer_deadline: float = 2.0


class Ups:
    """One supply; `run` must be running. `on_change` is told every change but those of charge and runtime."""

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        *,
        settings: UpsSettings | None = None,
        backoff: Backoff | None = None,
        on_change: Callable[[UpsView], None] = lambda _: None,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._settings = settings or UpsSettings()
        self._question = encode_list(self._settings.name)
        self._backoff = backoff or Backoff(random.Random(0), 0.5, 5.0)
        self._on_change = on_change
        self._stir = asyncio.Event()
        self._changed = asyncio.Event()
        self.view = UpsView()

    async def run(self) -> None:
        """Hold the line to upsd for ever; ends by cancellation."""
        await hold_open(self._opener, self._serve, self._lost, self._clock, self._backoff)

    async def wait_for(self, wanted: Callable[[UpsView], bool]) -> UpsView:
        """Return the view as soon as `wanted` holds for it."""
        while not wanted(self.view):
            self._changed.clear()
            await self._changed.wait()
        return self.view

    def stir(self) -> None:
        """Look now: something may have changed."""
        self._stir.set()

    async def _serve(self, stream: ByteStream) -> None:
        line = AnswerLine(stream, AnswerDecoder())
        line.on_gone = self._stir.set
        await attend(line, lambda: self._watch(line))

    async def _watch(self, line: AnswerLine[NutAnswer]) -> None:
        while not line.is_gone:
            try:
                answer = await line.ask(self._question, self._fits, self._settings.answer_deadline)
            except NoAnswerError as error:
                self._show(replace(self.view, cause=UpsCause(error.cause)))
            else:
                self._backoff.reset()
                self._show(self._judge(answer))
            await self._rest()

    def _fits(self, answer: NutAnswer) -> bool:
        return isinstance(answer, Refusal) or answer.ups == self._settings.name

    def _judge(self, answer: NutAnswer) -> UpsView:
        if not isinstance(answer, Refusal):
            return view_of(answer.values)
        cause = next((cause for word, cause in _REFUSALS.items() if word == answer.word), UpsCause.REFUSED)
        return replace(self.view, cause=cause)

    async def _rest(self) -> None:
        on_mains = self.view.power is Power.MAINS and self.view.cause is None
        seconds = self._settings.look_every if on_mains else self._settings.on_battery_every
        try:
            async with asyncio.timeout(seconds):
                await self._stir.wait()
        except TimeoutError:
            return
        self._stir.clear()

    def _lost(self) -> None:
        self._show(replace(self.view, cause=UpsCause.UNPLUGGED))

    def _show(self, view: UpsView) -> None:
        is_news = replace(view, charge=None, runtime=None) != replace(self.view, charge=None, runtime=None)
        self.view = view
        self._changed.set()
        if is_news:
            _LOGGER.warning("power: %s%s", view.power, f"; {ADVICE[view.cause]}" if view.cause else "")
            self._on_change(view)


def view_of(values: Mapping[str, str]) -> UpsView:
    """Return what upsd's variables mean; a supply that names no state is UNKNOWN."""
    words = values.get("ups.status", "").split()
    return UpsView(
        None,
        _power(words),
        _whole(values.get("battery.charge")),
        _whole(values.get("battery.runtime")),
        "RB" in words,
        "OVER" in words,
    )


def _power(words: list[str]) -> Power:
    if "FSD" in words or ("OB" in words and "LB" in words):
        return Power.LOW
    if "OB" in words:
        return Power.BATTERY
    return Power.MAINS if "OL" in words else Power.UNKNOWN


def _whole(value: str | None) -> int | None:
    """Return a number upsd gives as text, without its fraction; None if it is none."""
    digits = (value or "").partition(".")[0]
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 9 else None
