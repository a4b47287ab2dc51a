"""One ask and its answer on an open call pad line."""

import asyncio
import logging
from enum import Enum

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from mqtt_bridge.core.field_exchange import Answer, Ask, Census, Roll
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.pad_frames import answers, from_frame, to_frame
from mqtt_bridge.wire import call_pad as wire
from mqtt_bridge.wire.call_pad_values import unpack_value

_LOGGER = logging.getLogger(__name__)


class Nothing(Enum):
    """What was heard instead of an answer."""

    SILENCE = "nothing"
    NOISE = "bytes that are no answer"


class PadExchange:
    """The master's end of a line: `read_line` owns the stream, `ask` is called one at a time."""

    def __init__(self, stream: ByteStream, timing: LineTiming) -> None:
        self._stream = stream
        self._timing = timing
        self._decoder = wire.Decoder()
        self._received = bytearray()
        self._readable = asyncio.Event()
        self._gone = False
        self.strays = 0

    async def read_line(self) -> None:
        """Take bytes from the line until it is gone; then raise StreamClosedError."""
        while data := await self._stream.read():
            self._received += data
            self._readable.set()
        self._gone = True
        self._readable.set()
        raise StreamClosedError("the call pad line is gone; check the adapter and its cable")

    async def ask(self, address: int, ask: Ask) -> Answer | Nothing:
        """Put `ask` to `address`; raise StreamClosedError if the master's own end is gone."""
        frame = to_frame(address, ask)
        self._forget()
        await self._stream.write(wire.encode(frame))
        if isinstance(ask, Census):
            return await self._listen_for_serials(frame)
        return await self._listen(frame)

    def _forget(self) -> None:
        """Drop what came before the ask: a late answer is never taken for the next one."""
        self._received.clear()
        if not self._gone:
            self._readable.clear()
        self._decoder = wire.Decoder()

    async def _listen(self, asked: wire.Frame) -> Answer | Nothing:
        strays = 0
        try:
            async with asyncio.timeout(self._timing.answer_window(wire.frame_size(asked.kind))):
                while True:
                    for frame in await self._frames():
                        if answers(frame, asked) and (answer := from_frame(frame)) is not None:
                            return answer
                        strays += isinstance(frame.kind, wire.Answer)
        except TimeoutError:
            return self._noise(strays)
        finally:
            self.strays += strays

    async def _listen_for_serials(self, asked: wire.Frame) -> Roll:
        serials: list[int] = []
        strays = 0
        try:
            async with asyncio.timeout(self._timing.census_window):
                while True:
                    for frame in await self._frames():
                        if answers(frame, asked) and frame.kind is wire.Answer.IDENTITY:
                            serials.append(unpack_value(frame.data))
                        else:
                            strays += isinstance(frame.kind, wire.Answer)
        except TimeoutError:
            self.strays += strays
        return Roll(tuple(serials), garbled=self._noise(strays) is Nothing.NOISE)

    def _noise(self, strays: int) -> Nothing:
        noisy = strays or self._decoder.discarded or self._decoder.pending
        return Nothing.NOISE if noisy else Nothing.SILENCE

    async def _frames(self) -> list[wire.Frame]:
        """Return the frames completed by what came next, possibly none."""
        await self._readable.wait()
        if self._gone:
            raise StreamClosedError("the call pad line is gone; check the adapter and its cable")
        self._readable.clear()
        data = bytes(self._received)
        self._received.clear()
        _LOGGER.debug("heard %s", data.hex())
        return self._decoder.feed(data)
