"""Bar code and QR scanners, serial or as a keyboard: hands on each code once, never more than a person can show."""

import asyncio
import fcntl
import logging
import os
import random
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hallkit.codecs.hid_keys import EVENT, LAYOUTS, LOST, KeyDecoder
from hallkit.codecs.scanned_code import BYTE_PAUSE, LONGEST, Scan, ScanFault, ScanFramer, Scanned
from hallkit.devices.answer_line import GONE, Opener, hold_open
from hallkit.errors import StreamError
from hallkit.runtime.clock import Clock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import FdStream

_LOGGER = logging.getLogger(__name__)

EVIOCGRAB = 0x40044590
"""linux/input.h: nobody else gets the keys of this device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ScannerSettings:
    """Prefix the scanner puts before each code, and seconds: `again_after` for one code shown on and on."""

    prefix: str = ""
    longest: int = LONGEST
    byte_pause: float = BYTE_PAUSE
    again_after: float = 2.0
    layout: str = "us"


class CodeScanner:
    """One scanner; `run` must be running. `on_scan` is told codes and faults; `on_present` whether it is plugged in.

    `repeats` counts what was dropped because the same came just before.
    """

    def __init__(
        self,
        opener: Opener,
        clock: Clock,
        *,
        on_scan: Callable[[Scanned], None],
        on_present: Callable[[bool], None] = lambda _: None,
        settings: ScannerSettings | None = None,
        is_keyboard: bool = False,
        backoff: Backoff | None = None,
    ) -> None:
        self._opener = opener
        self._clock = clock
        self._on_scan = on_scan
        self._on_present = on_present
        self._settings = settings or ScannerSettings()
        self._is_keyboard = is_keyboard
        self._backoff = backoff or Backoff(random.Random(0), 0.5, 5.0)
        self._last: tuple[Scanned, float] | None = None
        self.is_present = False
        self.repeats = 0

    async def run(self) -> None:
        """Hold the line for ever; ends by cancellation."""
        await hold_open(self._opener, self._serve, lambda: self._show(present=False), self._clock, self._backoff)

    async def _serve(self, stream: ByteStream) -> None:
        self._show(present=True)
        self._backoff.reset()
        framer = ScanFramer(self._settings.prefix.encode(), self._settings.longest)
        keys = KeyDecoder(LAYOUTS[self._settings.layout])
        flushing: asyncio.TimerHandle | None = None
        try:
            while data := await stream.read():
                if flushing is not None:
                    flushing.cancel()
                self._tell(self._decode(data, framer, keys))
                if framer.is_waiting:
                    flushing = asyncio.get_running_loop().call_later(
                        self._settings.byte_pause, lambda: self._tell(framer.expire())
                    )
        except GONE as error:
            _LOGGER.warning("code scanner gone: %s", type(error).__name__)
        finally:
            if flushing is not None:
                flushing.cancel()

    def _decode(self, data: bytes, framer: ScanFramer, keys: KeyDecoder) -> list[Scanned]:
        if not self._is_keyboard:
            return framer.feed(data)
        text = keys.feed(data)
        found: list[Scanned] = []
        if LOST in text:
            framer.expire()
            found.append(ScanFault.LOST_KEYS)
            text = text.rpartition(LOST)[2].partition("\r")[2]
        return found + framer.feed(text.encode())

    def _tell(self, found: list[Scanned]) -> None:
        for one in found:
            now = self._clock.monotonic()
            is_repeat = self._last is not None and self._last[0] == one and now < self._last[1]
            self._last = one, now + self._settings.again_after
            if is_repeat:
                self.repeats += 1
            else:
                _LOGGER.debug("scanned %s", "a code" if isinstance(one, Scan) else one)
                self._on_scan(one)

    def forget(self) -> None:
        """Forget the last code: it may be a citizen's token, and the next citizen may show the same."""
        self._last = None

    def _show(self, *, present: bool) -> None:
        if present != self.is_present:
            self.is_present = present
            self._on_present(present)


def keyboard_opener(path: str) -> Callable[[], Awaitable[ByteStream]]:
    """Return an opener of the input device at `path`; it keeps the keys from the screen where the device lets it."""

    async def opener() -> ByteStream:
        try:
            descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        except OSError as error:
            raise StreamError(f"cannot open {path}: {error}; is the scanner plugged in, and may we read it?") from error
        return keyboard_stream(descriptor)

    return opener


def keyboard_stream(descriptor: int) -> FdStream:
    """Return the events of an open input device; what is read is a multiple of one event, as the kernel gives it."""
    grabbed = grab(descriptor)
    _LOGGER.info("keyboard scanner, events of %d bytes, %s", EVENT.size, "grabbed" if grabbed else "NOT GRABBED")
    return FdStream(descriptor)


def grab(descriptor: int) -> bool:
    """Keep the device's keys from every other program; return whether it could be done."""
    try:
        fcntl.ioctl(descriptor, EVIOCGRAB, 1)
    except OSError as error:
        _LOGGER.warning("the scanner's keys also reach other programs: %s", error)
        return False
    return True
