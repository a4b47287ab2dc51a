"""A live hall for tests: programs as processes on a broker, on ports nobody else uses, and an order to be killed."""

import asyncio
import contextlib
import re
import time
import tomllib
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

import psutil

from contract.board import WindowOnBoard, WindowState, ZoneBoard
from contract.body import Reply, Request
from hall24.demo.live import Live, live_hall
from hall24.demo.plan import Plan, make_plan
from hall24.demo.programs import Program
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import parse
from hallkit.transports.ports import free_port
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators.call_pad_device import SimulatedCallPad

PATIENCE: Final = 10.0
"""Seconds within which a hall is what it would have been, counted from a restart."""

_FIXED = re.compile(r"127\.0\.0\.1:(24\d{3})")


def own_plan(run: Path, preset: str, broker: str, change: Callable[[str], str] = lambda text: text) -> Plan:
    """Return a demonstration's plan on free ports; `change` edits the hall file's text."""
    plan = make_plan(run, preset, web_port=free_port(), broker=broker)
    text = plan.config.read_text("utf-8")
    text = _FIXED.sub(lambda found: f"127.0.0.1:{free_port()}", text)
    text = change(re.sub(r"(\[broker\]\nmode = .*\nport = )\d+", rf"\g<1>{free_port()}", text))
    plan.config.write_text(text, "utf-8")
    return replace(plan, hall=parse(tomllib.loads(text), Hall))


@dataclass(slots=True)
class Rig:
    """A running hall, its plan and the file in which it is ordered to be killed."""

    plan: Plan
    live: Live
    order: Path
    replies: dict[str, tuple[Request, Reply]] = field(default_factory=dict)

    @property
    def run(self) -> Path:
        """The hall's folder of stores."""
        return self.plan.hall.hall.run

    def program(self, name: str) -> Program:
        """Return one program."""
        return next(one for one in self.live.programs if one.name == name)

    def pids(self) -> dict[str, int]:
        """Return every program's process number, 0 for one that is down."""
        alive = {one.name: one.process for one in self.live.programs}
        return {name: process.pid if process and process.returncode is None else 0 for name, process in alive.items()}

    def call_pad(self, window: int) -> SimulatedCallPad:
        """Return the simulated call pad at a window."""
        entry = next(one for one in self.plan.hall.of_kind("call-pad") if one.window == window)
        return self.live.hardware.pad_lines[entry.gateway or ""].at(entry.address or 0)

    async def ask(self, request: Request, key: str, patience: float = 60.0) -> Reply:
        """Ask the queue as the manager and remember the reply under its key."""
        reply = await self.live.witness.device.ask("queue", request, key=key, patience=patience)
        self.replies[key] = (request, reply)
        return reply

    async def press(self, window: int, key: KeyCode, state: WindowState) -> WindowOnBoard:
        """Press a key of a window's call pad and wait until the board shows what it means."""
        self.call_pad(window).press(key)
        return await self.shows(window, state)

    async def shows(self, window: int, state: WindowState, ticket: str | None = None) -> WindowOnBoard:
        """Wait until the boards show a window in a state, with a ticket if given."""
        await until(
            lambda: self.window(window).state is state and ticket in (None, self.window(window).ticket),
            f"window {window} shows {state.value} {ticket or ''}",
        )
        return self.window(window)

    def is_linked(self, name: str) -> bool:
        """Return whether a program has a connection to the broker."""
        process = psutil.Process(self.pids()[name])
        remote = [one.raddr.port for one in process.net_connections("tcp") if one.raddr]
        return self.live.broker.port in remote

    def window(self, number: int) -> WindowOnBoard:
        """Return what the boards say of a window."""
        for board in self.live.witness.boards.values():
            for one in board.windows:
                if one.window == number:
                    return one
        return WindowOnBoard(window=number, state=WindowState.CLOSED)

    def board(self, zone: str) -> ZoneBoard:
        """Return a zone's newest board."""
        return self.live.witness.boards[zone]

    def kill_at(self, point: str) -> None:
        """Order the program that reaches a commit point to be killed there, once."""
        self.order.write_text(point, "utf-8")

    async def killed(self, name: str, before: int) -> float:
        """Wait until the order was carried out and the program runs again; return when it was started."""
        await until(lambda: not self.order.exists(), f"{self.order_text()} is reached")
        await until(lambda: self.program(name).restarts > before and self.pids()[name] > 0, f"{name} runs again")
        return time.monotonic()

    def order_text(self) -> str:
        """Return the order that stands."""
        return self.order.read_text("utf-8") if self.order.exists() else "no order"

    def log_size(self) -> int:
        """Return the bytes all programs have logged."""
        return sum(path.stat().st_size for path in (self.run / "log").glob("*.log"))

    def log(self, name: str) -> str:
        """Return what a program logged."""
        return (self.run / "log" / f"{name}.log").read_text("utf-8", "replace")


async def until(is_so: Callable[[], bool], what: str, patience: float = 60.0) -> None:
    """Return once something is so; raise AssertionError naming it after `patience` seconds."""
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(patience):
            while not is_so():  # noqa: ASYNC110 (other processes' disks and boards)
                await asyncio.sleep(0.02)
            return
    raise AssertionError(f"not within {patience:g} s: {what}")


@asynccontextmanager
async def open_rig(
    folder: Path, preset: str, broker: str, change: Callable[[str], str] = lambda text: text,
    service_seconds: float = 4.0,
) -> AsyncIterator[Rig]:  # fmt: skip
    """Run a whole hall while the block runs; the environment must name `folder/order` as the order file."""
    plan = own_plan(folder / "run", preset, broker, change)
    async with live_hall(plan, service_seconds=service_seconds) as live:
        rig = Rig(plan, live, folder / "order")
        try:
            yield rig
            live.check()
        except BaseException:
            for program in live.programs:
                print(f"--- {program.name}\n{program.last_words()}")
            raise
