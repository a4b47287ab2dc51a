"""What of a kiosk does not work: kept as faults of its state, and as facts when it begins and when it ends."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable, Iterable

from contract.body import Fact
from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.outbox import OutboxFullError
from kiosk.core.world import Outage, Part

_LOGGER = logging.getLogger(__name__)

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


SETTLING = 8.0
"""Seconds after the start in which devices are opened and asked: only then is one of them missing."""


STORED_AGAIN = 5.0
"""Seconds after which facts that the disk refused are stored again."""


class Health:
    """The faults of one kiosk, told to everybody by its state and to the hall store by facts."""

    def __init__(self, device: Device, clock: Clock, on_change: Callable[[tuple[Fault, ...]], None]) -> None:
        self._device, self._clock, self._on_change = device, clock, on_change
        self._is_settled = False
        self._found: tuple[Fault, ...] = ()
        self.faults: tuple[Fault, ...] = ()
        self._waiting: list[Fact] = []
        self._wake = asyncio.Event()

    def show(self, faults: tuple[Fault, ...]) -> None:
        """Note what is wrong now; nothing is told while the devices are being opened for the first time."""
        self._found = faults
        if self._is_settled:
            self._tell(faults)

    def _tell(self, faults: tuple[Fault, ...]) -> None:
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
        """Tell what the first look found, then commit the facts of what changed, in order, until cancelled."""
        await self._clock.sleep(SETTLING)
        self._is_settled = True
        self._tell(self._found)
        _LOGGER.info("self-test: %s", ", ".join(self._found) or "all in order")
        while True:
            await self._wake.wait()
            self._wake.clear()
            facts, self._waiting = self._waiting, []
            try:
                await self._device.report(*facts)
            except (sqlite3.Error, OutboxFullError) as error:
                _LOGGER.error("%d facts of what works are not stored, they are tried again: %s", len(facts), error)
                self._waiting[:0] = facts
                await self._clock.sleep(STORED_AGAIN)
                self._wake.set()
