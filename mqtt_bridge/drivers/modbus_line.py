"""The master of one line of Modbus RTU sensors and relays."""

import asyncio
import logging
from collections import Counter
from collections.abc import Callable, Sequence

from hallkit.runtime.clock import Clock
from hallkit.transports.stream import ByteStream
from mqtt_bridge.core.field_unit_poll import UnitSchedule
from mqtt_bridge.core.field_units import InputChanged, Read, Relay, Sensor, Switch, UnitEvent, UnitHealth
from mqtt_bridge.core.field_units import UnitHealthChanged as HealthChanged
from mqtt_bridge.drivers.line_reader import LineReader, OpenLine, keep_open
from mqtt_bridge.drivers.line_turns import EveryTurn, Turns
from mqtt_bridge.errors import FieldConfigError
from mqtt_bridge.wire.modbus import WRITE_COIL, Reply, ReplyReader, Table, encode_read, encode_write

_LOGGER = logging.getLogger(__name__)

LONGEST_FRAME = 41
SILENT_CHARACTERS = 3.5
BITS_PER_CHARACTER = 11


class ModbusLine:
    """Reads `sensors`, switches `relays`; tells settled changes by `on_change` and units' health by `on_health`."""

    def __init__(
        self,
        open_line: OpenLine,
        sensors: Sequence[Sensor],
        relays: Sequence[Relay],
        clock: Clock,
        *,
        on_change: Callable[[str, bool], None],
        on_health: Callable[[int, HealthChanged], None],
        turns: Turns | None = None,
        baud: int = 9600,
        patience: float = 0.1,
    ) -> None:
        check_units(sensors, relays)
        self._open = open_line
        self._clock = clock
        self._on_change = on_change
        self._on_health = on_health
        self._turns = turns or EveryTurn()
        character = BITS_PER_CHARACTER / baud
        self._window = 8 * character + LONGEST_FRAME * character + patience
        self._schedule = UnitSchedule(sensors, relays, gap=SILENT_CHARACTERS * character)
        self._wake = asyncio.Event()
        self._asking = False
        self._stirred: list[int] = []

    async def run(self) -> None:
        """Serve the line until cancelled; a line that is gone is opened again."""
        await keep_open(self._open, self._serve, self._lose_line, self._clock)

    def switch(self, name: str, *, on: bool) -> None:
        """Switch the relay `name`, again after its unit was away; raise KeyError for an unknown name."""
        self._schedule.switch(name, on=on)
        self._wake.set()

    def stir(self, unit: int) -> None:
        """Take from a simulated line that something happened at `unit`."""
        if self._asking:
            self._stirred.append(unit)
        else:
            self._schedule.stir(unit, self._clock.monotonic())
            self._wake.set()

    async def _serve(self, stream: ByteStream, reader: LineReader) -> None:
        try:
            while True:
                turn = await self._turns.next(self._schedule, self._clock, self._wake)
                if turn is not None:
                    await self._take(stream, reader, turn.request)
        finally:
            self._asking = False

    async def _take(self, stream: ByteStream, reader: LineReader, request: Read | Switch) -> None:
        self._asking = True
        reply = await self._ask(stream, reader, request)
        now = self._clock.monotonic()
        if reply is None:
            events = self._schedule.on_silence(now)
        elif reply.refusal is not None:
            events = self._schedule.on_refusal(now, reply.refusal)
        else:
            events = self._schedule.on_reply(now, reply.values)
        self._asking = False
        for unit in self._stirred:
            self._schedule.stir(unit, now)
        self._stirred.clear()
        self._tell(events)

    async def _ask(self, stream: ByteStream, reader: LineReader, request: Read | Switch) -> Reply | None:
        frame, replies = _question(request)
        reader.forget()
        await stream.write(frame)
        try:
            async with asyncio.timeout(self._window):
                while True:
                    if (reply := replies.feed(await reader.next())) is not None:
                        return reply
        except TimeoutError:
            if replies.heard:
                _LOGGER.info("modbus unit %d: %d bytes that are no answer", request.unit, replies.heard)
            return None

    def _lose_line(self) -> None:
        self._tell(self._schedule.on_line_lost())

    def _tell(self, events: tuple[UnitEvent, ...]) -> None:
        for event in events:
            if isinstance(event, InputChanged):
                self._on_change(event.name, event.active)
            else:
                level = logging.INFO if event.health is UnitHealth.ONLINE else logging.WARNING
                _LOGGER.log(level, "modbus unit %d is %s %s", event.unit, event.health.value, event.code or "")
                self._on_health(event.unit, event)


def check_units(sensors: Sequence[Sensor], relays: Sequence[Relay]) -> None:
    """Raise FieldConfigError, one fault a line, for names used twice and numbers Modbus does not have."""
    points: list[Sensor | Relay] = [*sensors, *relays]
    names = Counter(point.name for point in points)
    faults = [f"field point {name}: the name is used {times} times" for name, times in names.items() if times > 1]
    for point in points:
        if not 1 <= point.unit <= 247:
            faults.append(f"field point {point.name}: unit {point.unit} is not between 1 and 247")
        if not 0 <= point.address <= 65_535:
            faults.append(f"field point {point.name}: address {point.address} is not between 0 and 65535")
    faults += [f"field point {one.name}: read it every 0.05 s or more rarely" for one in sensors if one.every < 0.05]
    if faults:
        raise FieldConfigError("\n".join(faults))


def _question(request: Read | Switch) -> tuple[bytes, ReplyReader]:
    if isinstance(request, Switch):
        return encode_write(request.unit, request.address, on=request.on), ReplyReader(request.unit, WRITE_COIL)
    table = Table[request.table.name]
    frame = encode_read(request.unit, table, request.address, request.count)
    return frame, ReplyReader(request.unit, table, request.count)
