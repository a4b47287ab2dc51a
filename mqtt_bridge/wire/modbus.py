"""Modbus RTU as a hall uses it (Modbus Application Protocol V1.1b3), framed by pymodbus."""

from dataclasses import dataclass
from enum import IntEnum

from pymodbus.exceptions import ModbusException
from pymodbus.framer import FramerRTU
from pymodbus.pdu import DecodePDU, ExceptionResponse, ModbusPDU
from pymodbus.pdu.bit_message import (
    ReadCoilsRequest,
    ReadDiscreteInputsRequest,
    WriteSingleCoilRequest,
)
from pymodbus.pdu.register_message import ReadHoldingRegistersRequest, ReadInputRegistersRequest

MAX_REPLY = 256


class Table(IntEnum):
    """The four tables of a unit, each by the function code that reads it."""

    COILS = 1
    DISCRETE_INPUTS = 2
    HOLDING_REGISTERS = 3
    INPUT_REGISTERS = 4


_READS: dict[Table, type[ModbusPDU]] = {
    Table.COILS: ReadCoilsRequest,
    Table.DISCRETE_INPUTS: ReadDiscreteInputsRequest,
    Table.HOLDING_REGISTERS: ReadHoldingRegistersRequest,
    Table.INPUT_REGISTERS: ReadInputRegistersRequest,
}
WRITE_COIL = 5


@dataclass(frozen=True, slots=True)
class Reply:
    """What a unit answered: bits or registers as numbers, or the code of its refusal."""

    values: tuple[int, ...] = ()
    refusal: int | None = None


def encode_read(unit: int, table: Table, address: int, count: int) -> bytes:
    """Return the frame that reads `count` values; raise ValueError for what a unit cannot be asked."""
    return _framer().buildFrame(_READS[table](dev_id=unit, address=address, count=count))


def encode_write(unit: int, address: int, *, on: bool) -> bytes:
    """Return the frame that switches one coil; raise ValueError for an impossible address."""
    return _framer().buildFrame(WriteSingleCoilRequest(dev_id=unit, address=address, bits=[on]))


class ReplyReader:
    """Finds the one reply of `unit` to a request with `function` in bytes that come anyhow."""

    def __init__(self, unit: int, function: int, count: int = 1) -> None:
        self._unit = unit
        self._function = function
        self._count = count
        self._framer = _framer()
        self._bytes = b""
        self.heard = 0

    def feed(self, data: bytes) -> Reply | None:
        """Return the reply once it is whole; None while it is not."""
        self.heard += len(data)
        self._bytes = (self._bytes + data)[-MAX_REPLY:]
        for start in range(len(self._bytes) - 1):
            if self._bytes[start] == self._unit and self._bytes[start + 1] & 0x7F == self._function:
                pdu = self._frame_at(start)
                if pdu is not None and (reply := self._reply(pdu)) is not None:
                    return reply
        return None

    def _frame_at(self, start: int) -> ModbusPDU | None:
        """Return the frame that begins at `start`, if it does; pymodbus alone gives up on noise before a frame."""
        try:
            return self._framer.handleFrame(self._bytes[start:], self._unit, 0)[1]
        except ModbusException:
            return None

    def _reply(self, pdu: ModbusPDU) -> Reply | None:
        if isinstance(pdu, ExceptionResponse):
            return Reply(refusal=pdu.exception_code)
        values = tuple(int(value) for value in pdu.bits or pdu.registers)
        return Reply(values[: self._count]) if len(values) >= self._count else None


def _framer() -> FramerRTU:
    return FramerRTU(DecodePDU(is_server=False))
