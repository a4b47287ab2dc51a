"""One fixed sequence of requests and key presses; whatever dies meanwhile, its story in the stores must be the same."""

import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Final

from hall_rig import PATIENCE, Rig, until
from hall_stores import Story, broken, doors, panel_faults, served, story, undrained

from contract.board import WindowState, ZoneBoard
from contract.queue import CancelReason, ChoiceReason, HoldReason, IssueChannel, OfflineTicket, Place
from contract.queue_requests import (
    BlockReply,
    CallNext,
    CallReply,
    CallTicket,
    CancelTicket,
    FinishService,
    HoldTicket,
    IssueTicket,
    LeaseBlock,
    MarkNoShow,
    OpenWindow,
    ReconcileReply,
    ReconcileTickets,
    StartService,
    TicketIssuedReply,
    TransferTicket,
)
from contract.rating import RatingGrade, RatingReason
from hallkit.pad.face import Box
from hallkit.pad.state import PadScreen
from hallkit.rules.numbering import ticket_number
from hallkit.runtime.clock import SHANGHAI
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators.panel_ddp import SimulatedDdpPanel

LONG: Final = 6 * PATIENCE

STEPS: Final = (
    "issue", "call", "serve", "finish", "rate", "door", "panel", "hold", "miss", "transfer", "return", "offline",
)  # fmt: skip


@dataclass(slots=True)
class Kill:
    """Kill a program when it reaches a commit point, ordered just before a step of the script."""

    program: str
    point: str
    step: str
    restarted: float = 0.0


@dataclass(slots=True)
class Script:
    """Plays rounds at one window; `other` is the service a ticket is transferred to and the window that serves it."""

    rig: Rig
    other: tuple[str, int] = ("A", 1)
    window: int = 1
    block: BlockReply | None = None
    offline: int = 0
    rounds: int = 0
    tickets: list[str] = field(default_factory=list)
    boards: dict[str, object] | None = None

    async def open(self) -> None:
        """Open the windows, lease a block of numbers, and wait until every program took its part."""
        for window in dict.fromkeys((self.window, self.other[1])):
            await self.rig.ask(OpenWindow(window=window, staff=f"01{window:02d}"), f"open-{window}")
            await self.rig.shows(window, WindowState.FREE)
        await until(lambda: (self.rig.run / "intake.db").exists(), "the centre has a database")
        await until(lambda: not _undrained(self.rig), "everything is stored")

    async def play(self, kill: Kill | None = None) -> Story:
        """Play one round and return its story, which must be whole 10 s after the end and after any restart."""
        self.rounds += 1
        self.tickets = []
        steps: dict[str, Callable[[], Awaitable[None]]] = {
            "issue": self._issue, "call": self._call, "serve": self._serve, "finish": self._finish, "rate": self._rate,
            "door": self._door, "panel": self._panel, "hold": self._hold, "miss": self._miss,
            "transfer": self._transfer,
            "return": self._return, "offline": self._offline,
        }  # fmt: skip
        restarts = self.rig.program(kill.program).restarts if kill else 0
        await self.rig.shows(self.window, WindowState.FREE)
        for name in STEPS:
            if kill and kill.step == name:
                self.rig.kill_at(kill.point)
            await steps[name]()
        if kill:
            kill.restarted = await self.rig.killed(kill.program, restarts)
        told = await self._settled(max(kill.restarted if kill else 0.0, time.monotonic()))
        await self._boards_are_the_same()
        return told

    async def _boards_are_the_same(self) -> None:
        """Hold every zone's whole board against that of the first round, the uninterrupted one."""
        if self.boards is None:
            await self.rig.shows(self.window, WindowState.FREE)
            await until(lambda: all(self._last_called(one) for one in self._zones()), "the last calls are shown")
            await until(self._nobody_waits, "nobody waits any more")
            self.boards = self._shown()
        await until(lambda: self._shown() == self.boards, f"the boards are {self.boards}, not {self._shown()}")

    def _zones(self) -> list[str]:
        return [self.rig.plan.hall.windows[0].zone]

    def _last_called(self, zone: str) -> bool:
        calls = self.rig.board(zone).calls
        return bool(calls) and calls[0].ticket == self.tickets[2]

    def _nobody_waits(self) -> bool:
        boards = self.rig.live.witness.boards.values()
        return all(queue.waiting == 0 for board in boards for queue in board.queues)

    def _shown(self) -> dict[str, object]:
        """Return all boards, every ticket replaced by its place in the script, without times and forecasts."""
        return {zone: plain_board(board, self.tickets) for zone, board in self.rig.live.witness.boards.items()}

    async def asked_again(self) -> None:
        """Ask everything of this round again under the same keys: the answers must be the same, letter for letter."""
        own = {key: asked for key, asked in self.rig.replies.items() if key.startswith(f"round-{self.rounds}-")}
        for key, (request, reply) in own.items():
            assert await self.rig.live.witness.device.ask("queue", request, key=key, patience=PATIENCE) == reply, key

    async def _settled(self, since: float) -> Story:
        left = PATIENCE - (time.monotonic() - since)
        await until(lambda: not _undrained(self.rig), f"everything is stored, not {_undrained(self.rig)}", left)
        assert broken(self.rig.run) == []
        return story(self.rig.run, self.tickets)

    async def _issue(self) -> None:
        for number in range(4):
            wanted = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)
            reply = await self._ask(f"issue-{number}", wanted)
            assert isinstance(reply, TicketIssuedReply), reply
            self.tickets.append(reply.ticket)

    async def _call(self) -> None:
        shown = await self.rig.press(self.window, KeyCode.NEXT, WindowState.CALLING)
        assert shown.ticket == self.tickets[0]

    async def _serve(self) -> None:
        await self.rig.press(self.window, KeyCode.START, WindowState.SERVING)

    async def _finish(self) -> None:
        await self.rig.press(self.window, KeyCode.FINISH, WindowState.FREE)

    async def _rate(self) -> None:
        pad = self.rig.live.pads[self.window]
        await until(lambda: pad.state.service_event in self._served(), "the pad asks for this service")
        assert pad.state.screen is PadScreen.GRADES
        assert await pad.press(RatingGrade.POOR)
        for touched in (RatingReason.WAITED_LONG, "submit"):
            assert await pad.touch(*_middle(pad.boxes()[touched]))

    async def _door(self) -> None:
        """Open or close the door, in a hall that has one, and wait until the hall store knows."""
        is_open = self.rounds % 2 == 1
        for line in self.rig.live.hardware.sensor_lines.values():
            line.units[1].set_input(0, active=is_open)
            await until(lambda: doors(self.rig.run)[-1:] == [is_open], f"the hall store knows the door: {is_open}")

    async def _panel(self) -> None:
        """Let the panel of the script's window, if it can answer, be silent while the window pauses."""
        panel = self.rig.live.hardware.panels[f"display-{self.window:02d}"]
        if isinstance(panel, SimulatedDdpPanel):
            return
        for is_silent, key, state in (
            (True, KeyCode.PAUSE, WindowState.PAUSED), (False, KeyCode.RESUME, WindowState.FREE),
        ):  # fmt: skip
            panel.faults.silent = is_silent
            await self.rig.press(self.window, key, state)
            await until(partial(self._is_told, is_silent), f"the hall store is told: silent {is_silent}", LONG)

    def _is_told(self, is_silent: bool) -> bool:
        return panel_faults(self.rig.run, f"display-{self.window:02d}")[-1:] == [is_silent]

    def _served(self) -> list[str]:
        return served(self.rig.run, self.tickets[0])

    async def _hold(self) -> None:
        await self._call_next("hold", self.window, self.tickets[1])
        await self._ask("hold-it", HoldTicket(window=self.window, reason=HoldReason.FILLING_FORM))

    async def _miss(self) -> None:
        await self._call_next("miss", self.window, self.tickets[2])
        await self._ask("miss-it", MarkNoShow(window=self.window))

    async def _transfer(self) -> None:
        service, window = self.other
        await self._call_next("transfer", self.window, self.tickets[3])
        transferred = TransferTicket(ticket=self.tickets[3], service=service, place=Place.BY_AGE)
        await self._ask("transfer-it", transferred)
        await self._call_next("transferred", window, self.tickets[3])
        await self._serve_in_hand("transferred", window)

    async def _return(self) -> None:
        for ticket in (self.tickets[1], self.tickets[2]):
            chosen = CallTicket(window=self.window, ticket=ticket, reason=ChoiceReason.RETURNED)
            reply = await self._ask(f"return-{ticket}", chosen)
            assert isinstance(reply, CallReply), reply
            await self._serve_in_hand(f"return-{ticket}", self.window)

    async def _offline(self) -> None:
        block = await self._leased()
        numbers = [ticket_number(block.block.prefix, self.offline + place) for place in range(2)]
        self.offline += 2
        taken = tuple(
            OfflineTicket(ticket=one, taken_at=datetime.now(SHANGHAI), link=f"link{one}", services=("A",))
            for one in numbers
        )
        wanted = ReconcileTickets(block=block.block, signature=block.signature, tickets=taken)
        assert await self._ask("offline", wanted) == ReconcileReply(accepted=tuple(numbers))
        self.tickets += numbers
        for one in numbers:
            await self._ask(f"cancel-{one}", CancelTicket(ticket=one, reason=CancelReason.CITIZEN))

    async def _leased(self) -> BlockReply:
        """Return a block with two numbers left, leased when there is none."""
        if self.block is None or self.offline + 1 > self.block.block.last:
            leased = await self.rig.ask(LeaseBlock(machine="manager-1", service="A"), f"lease-{self.rounds}")
            assert isinstance(leased, BlockReply), leased
            self.block, self.offline = leased, leased.block.first
        return self.block

    async def _call_next(self, key: str, window: int, ticket: str) -> None:
        reply = await self._ask(f"{key}-call", CallNext(window=window))
        assert isinstance(reply, CallReply), reply
        assert reply.ticket == ticket

    async def _serve_in_hand(self, key: str, window: int) -> None:
        await self._ask(f"{key}-start", StartService(window=window))
        await self._ask(f"{key}-finish", FinishService(window=window))

    async def _ask(self, key: str, request):
        return await self.rig.ask(request, f"round-{self.rounds}-{key}")


def plain_board(board: ZoneBoard, tickets: Sequence[str]) -> tuple[object, ...]:
    """Return a board as everybody sees it, numbers replaced by their places in the script, forecasts left out."""
    places = {ticket: place for place, ticket in enumerate(tickets)}
    windows = [(one.window, one.state, places.get(one.ticket or "", one.ticket), one.count, one.reason)
               for one in board.windows]  # fmt: skip
    queues = [(one.service, one.state, one.waiting) for one in board.queues]
    calls = [(places[one.ticket], one.window) for one in board.calls if one.ticket in places]
    return board.zone, board.mode, tuple(windows), tuple(queues), tuple(calls)


def _undrained(rig: Rig) -> dict[str, int]:
    waiting = undrained(rig.run)
    return {**waiting, **({"order": 1} if rig.order.exists() else {})}


def _middle(box: Box) -> tuple[int, int]:
    return box.x + box.width // 2, box.y + box.height // 2
