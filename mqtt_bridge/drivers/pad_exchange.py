"""One ask and its answer on an open call pad line."""

import asyncio
from enum import Enum

from hallkit.transports.stream import ByteStream
from mqtt_bridge.core.field_exchange import Answer, Ask, Census, Roll
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.drivers.line_reader import LineReader
from mqtt_bridge.drivers.pad_frames import answers, from_frame, to_frame
from mqtt_bridge.wire import call_pad as wire
from mqtt_bridge.wire.call_pad_values import unpack_value


class Nothing(Enum):
    """What was heard instead of an answer."""

    SILENCE = "nothing"
    NOISE = "bytes that are no answer"


class PadExchange:
    """The master's end of a line: one ask at a time; `strays` counts answers to something else."""

    def __init__(self, stream: ByteStream, reader: LineReader, timing: LineTiming) -> None:
        self._stream = stream
        self._reader = reader
        self._timing = timing
        self._decoder = wire.Decoder()
        self.strays = 0

    async def ask(self, address: int, ask: Ask) -> Answer | Nothing:
        """Put `ask` to `address`; raise StreamClosedError if the master's own end is gone."""
        frame = to_frame(address, ask)
        self._reader.forget()
        self._decoder = wire.Decoder()
        await self._stream.write(wire.encode(frame))
        if isinstance(ask, Census):
            return await self._listen_for_serials(frame)
        return await self._listen(frame)

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
            return await self._in_the_buffer(asked) or self._noise(strays)
        finally:
            self.strays += strays

    async def _in_the_buffer(self, asked: wire.Frame) -> Answer | None:
        """Return an answer that came in time while this process had no processor to read it with."""
        await asyncio.sleep(0)
        for frame in self._decoder.feed(self._reader.take()):
            if answers(frame, asked) and (answer := from_frame(frame)) is not None:
                return answer
        return None

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
        return self._decoder.feed(await self._reader.next())
