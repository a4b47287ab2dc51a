"""A ticket machine as people find it: a screen to touch, a slot for paper, a place for a card, one person before it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from hall24 import whole_hall
from hall24.day.program import Run
from hall24.day.slip_reader import ReadSlip, SlipReader
from hall24.day.touch_panel import TouchPanel, UnseenDisplay
from hallkit.inventory.start import Start
from hallkit.transports.url import Sockets
from queue_caller.app.ticket_machine import TicketMachineApp
from queue_caller.core.machine_table import State
from queue_caller.core.machine_ticket import HeldTicket
from simulators.id_reader import SimulatedIdReader
from simulators.receipt_printer import SimulatedReceiptPrinter


@dataclass(slots=True)
class TouchNote:
    """One press for a ticket: the ticket whose number was seen, and whether what became of the press was seen."""

    ticket: str = ""
    is_known: bool = False


@dataclass(slots=True)
class TicketPlace:
    """The machine `name`; `slips` are whole slips that came out, with their day, `touches` every press for a ticket."""

    name: str
    printer: SimulatedReceiptPrinter
    reader: SimulatedIdReader
    sockets: Sockets
    paper: SlipReader
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    slips: list[tuple[str, ReadSlip]] = field(default_factory=list)
    touches: list[TouchNote] = field(default_factory=list)
    panel: TouchPanel = field(default_factory=TouchPanel)
    app: TicketMachineApp | None = None
    is_alive: Callable[[], bool] = lambda: True

    def build(self, start: Start) -> Run:
        """Make the machine anew; return how to run it."""
        entry = start.hall.device[self.name]
        self.app, self.panel = None, TouchPanel()
        self.app = whole_hall.ticket_machine(start, entry, self.sockets, self.panel, UnseenDisplay)
        return self.app.run

    @property
    def is_lit(self) -> bool:
        """Whether there is anything on the screen."""
        return self.app is not None and self.is_alive()

    @property
    def state(self) -> State | None:
        """What the screen says, None while it is dark."""
        return self.app.session.state if self.app is not None and self.is_alive() else None

    @property
    def ticket(self) -> HeldTicket | None:
        """The ticket on the screen."""
        return self.app.session.ticket if self.app is not None and self.is_alive() else None

    def has(self, action: str) -> bool:
        """Whether the screen offers an action."""
        return self.app is not None and self.is_alive() and action in self.app.targets()

    def touch(self, *actions: str, times: int = 1) -> bool:
        """Touch the first of some actions that is on the screen; False if none is."""
        targets = self.app.targets() if self.app is not None and self.is_alive() else {}
        box = next((targets[action] for action in actions if action in targets), None)
        if box is None:
            return False
        for _ in range(times):
            self.panel.tap(box)
        return True

    def collect(self) -> list[tuple[str, ReadSlip]]:
        """Return every whole slip so far, the newest last."""
        if self.app is not None and self.printer.jobs:
            pieces, self.printer.jobs = self.printer.jobs, []
            day = self.app.day().isoformat()
            self.slips += [(day, slip) for piece in pieces if (slip := self.paper.read(piece)) is not None]
        return self.slips
