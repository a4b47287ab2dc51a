"""Modbus RTU units on one line: contacts, levels and relays, answered through pymodbus' framer."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    ReadCoilsResponse,
    ReadDiscreteInputsRequest,
    ReadDiscreteInputsResponse,
    WriteSingleCoilRequest,
    WriteSingleCoilResponse,
)
from pymodbus.pdu.register_message import (
    ReadHoldingRegistersRequest,
    ReadHoldingRegistersResponse,
    ReadInputRegistersRequest,
    ReadInputRegistersResponse,
)

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream

TURNAROUND = 0.004
ILLEGAL_FUNCTION = 1
ILLEGAL_ADDRESS = 2
DEVICE_BUSY = 6
_FELT = ("silent", "garbled", "busy", "plugged")


@dataclass
class SimulatedModbusUnit:
    """One unit: its tables by address, and its faults as fields; change inputs by `set_input` and `set_level`."""

    number: int
    coils: dict[int, bool] = field(default_factory=dict)
    inputs: dict[int, bool] = field(default_factory=dict)
    levels: dict[int, int] = field(default_factory=dict)
    plugged: bool = True
    silent: bool = False
    garbled: bool = False
    busy: bool = False
    on_stir: Callable[[int], None] = field(default=lambda _: None, repr=False)

    def __setattr__(self, name: str, value: object) -> None:
        super().__setattr__(name, value)
        if name in _FELT and "on_stir" in self.__dict__:
            self.on_stir(self.number)

    def set_input(self, address: int, *, active: bool) -> None:
        """Close or open a contact."""
        self.inputs[address] = active
        self.on_stir(self.number)

    def set_level(self, address: int, value: int) -> None:
        """Let a sensor measure `value` (0 to 65535)."""
        self.levels[address] = value
        self.on_stir(self.number)

    def restart(self) -> None:
        """Lose power and come back with all relays open."""
        self.coils = dict.fromkeys(self.coils, False)
        self.on_stir(self.number)

    def answer(self, request: ModbusPDU) -> ModbusPDU:
        """Return what the unit says to `request`."""
        if self.busy:
            return ExceptionResponse(request.function_code, DEVICE_BUSY, self.number)
        wanted = range(request.address, request.address + max(request.count, 1))
        match request:
            case ReadDiscreteInputsRequest():
                return self._bits(ReadDiscreteInputsResponse, request, self.inputs, wanted)
            case ReadCoilsRequest():
                return self._bits(ReadCoilsResponse, request, self.coils, wanted)
            case ReadInputRegistersRequest():
                return self._registers(ReadInputRegistersResponse, request, wanted)
            case ReadHoldingRegistersRequest():
                return self._registers(ReadHoldingRegistersResponse, request, wanted)
            case WriteSingleCoilRequest():
                return self._switch(request)
        return ExceptionResponse(request.function_code, ILLEGAL_FUNCTION, self.number)

    def _bits(
        self, kind: type[ModbusPDU], request: ModbusPDU, table: dict[int, bool], wanted: Sequence[int]
    ) -> ModbusPDU:
        if not all(address in table for address in wanted):
            return ExceptionResponse(request.function_code, ILLEGAL_ADDRESS, self.number)
        return kind(dev_id=self.number, bits=[table[address] for address in wanted])

    def _registers(self, kind: type[ModbusPDU], request: ModbusPDU, wanted: Sequence[int]) -> ModbusPDU:
        if not all(address in self.levels for address in wanted):
            return ExceptionResponse(request.function_code, ILLEGAL_ADDRESS, self.number)
        return kind(dev_id=self.number, registers=[self.levels[address] for address in wanted])

    def _switch(self, request: ModbusPDU) -> ModbusPDU:
        if request.address not in self.coils:
            return ExceptionResponse(request.function_code, ILLEGAL_ADDRESS, self.number)
        self.coils[request.address] = bool(request.bits[0])
        return WriteSingleCoilResponse(dev_id=self.number, address=request.address, bits=request.bits)


class SimulatedModbusLine:
    """Units on one pair of wires; `on_stir(unit)` is told whenever asking that unit may bring something new."""

    def __init__(self, units: Sequence[SimulatedModbusUnit]) -> None:
        self.units = {unit.number: unit for unit in units}
        self._cut = False
        self.on_stir: Callable[[int], None] = lambda _: None
        for unit in units:
            unit.on_stir = self._unit_stirs

    @property
    def cut(self) -> bool:
        """Say whether the line is cut."""
        return self._cut

    @cut.setter
    def cut(self, value: bool) -> None:
        self._cut = value
        for number in self.units:
            self.on_stir(number)

    def hear(self, request: ModbusPDU) -> bytes:
        """Return the bytes of the answer, empty for silence."""
        unit = self.units.get(request.dev_id)
        if unit is None or self._cut or not unit.plugged:
            return b""
        answer = unit.answer(request)
        answer.dev_id = unit.number
        if unit.silent:
            return b""
        frame = FramerRTU(DecodePDU(is_server=True)).buildFrame(answer)
        return frame[:-1] + bytes((frame[-1] ^ 0x5A,)) if unit.garbled else frame

    def _unit_stirs(self, number: int) -> None:
        self.on_stir(number)


async def serve(line: SimulatedModbusLine, stream: ByteStream) -> None:
    """Let the units of `line` answer on `stream` until it is gone."""
    framer = FramerRTU(DecodePDU(is_server=True))
    received = b""
    while data := await stream.read():
        received += data
        try:
            used, request = framer.handleFrame(received, 0, 0)
        except ModbusException:
            used, request = len(received), None
        received = received[used:] if len(received) < 256 else b""
        if request is None or not (answer := line.hear(request)):
            continue
        await asyncio.sleep(TURNAROUND)
        try:
            await stream.write(answer)
        except StreamClosedError:
            return


def _normal(_: SimulatedModbusLine) -> None:
    """Leave everything well."""


def _silent(line: SimulatedModbusLine) -> None:
    line.units[1].silent = True


def _garbled(line: SimulatedModbusLine) -> None:
    line.units[1].garbled = True


def _busy(line: SimulatedModbusLine) -> None:
    line.units[1].busy = True


def _cut(line: SimulatedModbusLine) -> None:
    line.cut = True


def _person_inside(line: SimulatedModbusLine) -> None:
    line.units[1].set_input(0, active=True)


SETUPS: dict[str, Callable[[SimulatedModbusLine], None]] = {
    "normal": _normal,
    "silent": _silent,
    "garbled": _garbled,
    "busy": _busy,
    "cut": _cut,
    "person_inside": _person_inside,
}


def build(setup: str = "normal") -> SimulatedModbusLine:
    """Return unit 1 (presence 0, door contact 1, daylight level 0) and unit 2 (lamp relays 0 to 3).

    Raise KeyError for an unknown set-up.
    """
    sensors = SimulatedModbusUnit(1, inputs={0: False, 1: False}, levels={0: 300})
    relays = SimulatedModbusUnit(2, coils=dict.fromkeys(range(4), False))
    line = SimulatedModbusLine([sensors, relays])
    SETUPS[setup](line)
    return line
