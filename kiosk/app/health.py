"""What of a kiosk does not work: kept as faults of its state, and as facts when it begins and when it ends."""

import asyncio
from collections.abc import Callable, Iterable

from contract.body import Fact
from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from kiosk.core.world import Outage, Part

_SLIP = {
    "paper_out": Fault.PAPER_OUT, "cover_open": Fault.COVER_OPEN, "cutter_jam": Fault.CUTTER_JAM,
    "silent": Fault.PRINTER_SILENT, "garbled": Fault.PRINTER_SILENT, "unplugged": Fault.PRINTER_SILENT,
}  # fmt: skip
_PARTS = {
    Part.CARD: Fault.READER_SILENT, Part.CODE: Fault.UNIT_SILENT, Part.CAMERA: Fault.UNIT_SILENT,
    Part.SHEET: Fault.PRINTER_FAULT, Part.CENTRE: Fault.UPLINK_DOWN, Part.QUEUE: Fault.ENGINE_AWAY,
    Part.STORE: Fault.DISK_FULL, Part.POWER: Fault.UNIT_SILENT,
}  # fmt: skip


def faults_of(outages: Iterable[Outage]) -> tuple[Fault, ...]:
    """Return what the hall is told of parts that are out of use; a part the kiosk never had is no fault."""
    found: dict[Fault, None] = {}
    for one in outages:
        if one.word != "absent":
            fault = _SLIP.get(one.word, Fault.PRINTER_FAULT) if one.part is Part.SLIP else _PARTS[one.part]
            found[fault] = None
    return tuple(found)


class Health:
    """The faults of one kiosk, told to everybody by its state and to the hall store by facts."""

    def __init__(self, device: Device, clock: Clock, on_change: Callable[[tuple[Fault, ...]], None]) -> None:
        self._device, self._clock, self._on_change = device, clock, on_change
        self.faults: tuple[Fault, ...] = ()
        self._waiting: list[Fact] = []
        self._wake = asyncio.Event()

    def show(self, faults: tuple[Fault, ...]) -> None:
        """Note what is wrong now."""
        before, self.faults = self.faults, faults
        name, now = self._device.address.name, self._clock.now()
        raised = [FaultRaised(subject=name, fault=one, at=now) for one in faults if one not in before]
        cleared = [FaultCleared(subject=name, fault=one, at=now) for one in before if one not in faults]
        if raised or cleared:
            self._waiting += [*cleared, *raised]
            self._wake.set()
            self._device.set_faults(*faults)
            self._on_change(faults)

    async def run(self) -> None:
        """Commit the facts of what changed, in order, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            facts, self._waiting = self._waiting, []
            await self._device.report(*facts)
