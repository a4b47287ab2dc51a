"""The field side of the bridge: call pads and sensors of one hall as devices on the link."""

import asyncio
import logging
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from contract import codec
from contract.board import ZoneBoard
from contract.field import FaultCleared, FaultRaised, SensorChanged, SensorKind
from contract.link import Fault, Presence
from contract.topics import Address
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.outbox import OutboxFullError
from hallkit.runtime.supervise import Job, run_jobs
from mqtt_bridge.app.pad_desk import PadDesk
from mqtt_bridge.core.field_exchange import HealthChanged, KeyPress, PadHealth
from mqtt_bridge.core.field_units import UnitHealth, UnitHealthChanged
from mqtt_bridge.drivers.call_pad_line import CallPadLine
from mqtt_bridge.drivers.modbus_line import ModbusLine
from mqtt_bridge.errors import PressNotStoredError
from mqtt_bridge.store.presses import KeptPress, Presses

_LOGGER = logging.getLogger(__name__)

_PAD_FAULTS = {
    PadHealth.SILENT: Fault.PAD_SILENT,
    PadHealth.NOISY: Fault.PAD_SILENT,
    PadHealth.CONFLICT: Fault.ADDRESS_TWICE,
    PadHealth.LINE_LOST: Fault.LINE_CUT,
}


@dataclass(slots=True)
class FieldParts:
    """What the field side is made of; `pad_line` and `sensor_line` are None where the hall has none."""

    device: Device
    presses: Presses
    desks: Mapping[int, PadDesk]
    zones: Mapping[int, str]
    pad_line: CallPadLine | None
    sensor_line: ModbusLine | None
    sensors: Mapping[str, tuple[SensorKind, Address]]


class FieldApp:
    """Runs the field side."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._parts: FieldParts | None = None
        self._reports: list[asyncio.Task[None]] = []
        self._faults: dict[str, Fault] = {}

    def put_together(self, parts: FieldParts) -> None:
        """Take the parts, which themselves call back into this object."""
        self._parts = parts

    @property
    def parts(self) -> FieldParts:
        """The parts; available once they are put together."""
        assert self._parts is not None
        return self._parts

    async def run(self) -> None:
        """Serve until cancelled, first what a former run left unanswered."""
        for kept in self.parts.presses.kept():
            if desk := self.parts.desks.get(kept.press.address):
                desk.take(kept)
        await run_jobs(self._jobs())

    def _jobs(self) -> Sequence[Job]:
        parts = self.parts
        jobs: list[Job] = [(f"pad desk {desk.at.window}", desk.run) for desk in parts.desks.values()]
        if parts.pad_line is not None:
            jobs.append(("call pads", parts.pad_line.run))
        if parts.sensor_line is not None:
            jobs.append(("sensors", parts.sensor_line.run))
        return [*jobs, ("bridge link", parts.device.run)]

    def on_key(self, pad: int, press: KeyPress) -> None:
        """Store a press before its pad may forget it, then ask the queue; raise PressNotStoredError if it cannot."""
        kept = KeptPress(press, self._clock.now())
        try:
            is_new = self.parts.presses.keep(press, kept.taken)
        except sqlite3.Error as error:
            raise PressNotStoredError(f"{error}; check the bridge's disk") from error
        if is_new:
            self.parts.desks[pad].take(kept)

    def on_pad_health(self, pad: int, change: HealthChanged) -> None:
        """Publish what a pad is now and report a fault that came or went."""
        address = self.parts.desks[pad].address
        fault = _PAD_FAULTS.get(change.health)
        faults = (fault,) if fault else ()
        self.parts.device.member_state(address, Presence.OFFLINE if fault else Presence.ONLINE, *faults)
        self._note(address.name, fault)

    def on_sensor(self, name: str, active: bool) -> None:
        """Report a settled change of a sensor."""
        kind, _ = self.parts.sensors[name]
        self._report(SensorChanged(sensor=name, kind=kind, active=active, at=self._clock.now()))

    def on_unit_health(self, unit: int, change: UnitHealthChanged) -> None:
        """Report a field unit that fell silent or came back."""
        self._note(f"unit-{unit}", None if change.health is UnitHealth.ONLINE else Fault.UNIT_SILENT)

    def on_board(self, message: LinkMessage) -> None:
        """Bring a zone's board to its windows' pads."""
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        for pad, desk in self.parts.desks.items():
            if self.parts.zones[pad] == board.zone:
                desk.on_board(board)

    def on_link(self, up: bool) -> None:
        """Tell every member's state again after a reconnect."""
        if up and self.parts.pad_line is not None:
            for pad in self.parts.desks:
                if (health := self.parts.pad_line.health(pad)) is not None:
                    self.on_pad_health(pad, HealthChanged(pad, health))

    def _note(self, subject: str, fault: Fault | None) -> None:
        before = self._faults.pop(subject, None)
        if fault is not None:
            self._faults[subject] = fault
        if before is not None and before is not fault:
            self._report(FaultCleared(subject=subject, fault=before, at=self._clock.now()))
        if fault is not None and fault is not before:
            self._report(FaultRaised(subject=subject, fault=fault, at=self._clock.now()))

    def _report(self, fact: SensorChanged | FaultRaised | FaultCleared) -> None:
        task = asyncio.get_running_loop().create_task(self._store(fact))
        self._reports.append(task)
        task.add_done_callback(self._reports.remove)

    async def _store(self, fact: SensorChanged | FaultRaised | FaultCleared) -> None:
        try:
            await self.parts.device.report(fact)
        except (OutboxFullError, sqlite3.Error) as error:
            _LOGGER.error("%s was not stored: %s; check the disk", type(fact).__name__, error)
