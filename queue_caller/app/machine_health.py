"""What does not work in a machine: kept as faults of its state, and as facts when it begins and when it ends."""

import asyncio
import logging
import sqlite3
from collections.abc import Callable

from contract.body import Fact
from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.outbox import OutboxFullError

_LOGGER = logging.getLogger(__name__)

STORED_AGAIN = 5.0
"""Seconds after which facts that the disk refused are stored again."""


class Health:
    """The faults of one machine; `on_change` is told of every change at once, the hall store by facts."""

    def __init__(self, device: Device, clock: Clock, on_change: Callable[[tuple[Fault, ...]], None]) -> None:
        self._device, self._clock, self._on_change = device, clock, on_change
        self._parts: dict[str, tuple[Fault, ...]] = {}
        self._waiting: list[Fact] = []
        self._wake = asyncio.Event()

    @property
    def faults(self) -> tuple[Fault, ...]:
        """Return every fault, the printer's first."""
        parts = ("printer", "reader", "engine", "store", "clock")
        return tuple(fault for part in parts for fault in self._parts.get(part, ()))

    def set_printer(self, faults: tuple[Fault, ...]) -> None:
        """Note what is wrong with the printer."""
        self._set("printer", faults)

    def set_reader(self, fault: Fault | None) -> None:
        """Note whether the card reader can be used."""
        self._set("reader", (fault,) if fault else ())

    def set_engine(self, fault: Fault | None) -> None:
        """Note whether the queue engine answers."""
        self._set("engine", (fault,) if fault else ())

    def set_store(self, fault: Fault | None) -> None:
        """Note whether the machine's own disk takes what must be kept."""
        self._set("store", (fault,) if fault else ())

    def set_clock(self, is_right: bool) -> None:
        """Note whether the machine's own clock can be right."""
        self._set("clock", () if is_right else (Fault.CLOCK_WRONG,))

    async def run(self) -> None:
        """Commit the facts of what changed, in order, until cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            facts, self._waiting = self._waiting, []
            try:
                await self._device.report(*facts)
            except (sqlite3.Error, OutboxFullError) as error:
                _LOGGER.error(
                    "%d facts of the machine's health cannot be stored: %s; check its disk", len(facts), error
                )
                self._waiting = [*facts, *self._waiting]
                await self._clock.sleep(STORED_AGAIN)
                self._wake.set()

    def _set(self, part: str, faults: tuple[Fault, ...]) -> None:
        before = self.faults
        self._parts[part] = faults
        name, now = self._device.address.name, self._clock.now()
        raised = [FaultRaised(subject=name, fault=one, at=now) for one in self.faults if one not in before]
        cleared = [FaultCleared(subject=name, fault=one, at=now) for one in before if one not in self.faults]
        if raised or cleared:
            self._waiting += [*cleared, *raised]
            self._wake.set()
            self._device.set_faults(*self.faults)
            self._on_change(self.faults)
