"""What the pages need of the centre, as one port."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from contract.body import Command, Fact
from contract.cases import CaseState
from contract.cases import Notice as CaseNotice
from contract.topics import Address
from hallkit.runtime.clock import Clock
from intake_server.config import IntakeConfig
from intake_server.core.board import Board
from intake_server.core.cases.case import Case
from intake_server.core.cases.catalogue import HandlingItem
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.core.hall import Hall
from intake_server.core.journey import Journey
from intake_server.core.names import HallNames
from intake_server.core.picture import Picture
from intake_server.core.standing import Standing


class Screens(Protocol):
    """The screens of the hall's devices."""

    @property
    def pictures(self) -> Mapping[Address, Picture]:
        """The last picture of each screen."""

    def addresses(self) -> list[Address]:
        """Return the devices whose screens can be seen now."""

    def watched(self) -> AbstractContextManager[None]:
        """Keep pictures coming while the block runs."""

    async def press(self, address: Address, x: int, y: int) -> str:
        """Touch a screen at full-size pixels; return `done`, the device's refusal, or `no_answer`."""


class Speaking(Protocol):
    """What the centre itself notes and says."""

    async def note(self, *facts: Fact) -> None:
        """Commit facts of the centre itself."""

    async def tell(self, address: Address, command: Command) -> str:
        """Tell a device to do something; return `done`, its refusal, or `no_answer`."""

    def new_id(self) -> str:
        """Return a new identity for a fact."""


class Notice:
    """Tells every open page that something changed."""

    def __init__(self) -> None:
        self._version = 0
        self._changed = asyncio.Event()

    def post(self) -> None:
        """Something changed."""
        self._version += 1
        self._changed.set()
        self._changed = asyncio.Event()

    @property
    def version(self) -> int:
        """How often something changed."""
        return self._version

    async def after(self, version: int) -> None:
        """Return once something changed after `version`."""
        if self._version == version:
            await self._changed.wait()


class CaseDesk(Protocol):
    """The cases behind the pages."""

    @property
    def office(self) -> Office:
        """What cases are decided by now."""

    async def by_link(self, link: str) -> Case | None:
        """Return the case behind a notice's code."""

    async def case(self, number: str) -> Case:
        """Return a case; RefusedError for an unknown one."""

    async def in_states(self, *states: CaseState) -> list[Case]:
        """Return cases in some states, newest first."""

    async def papers(self, case: Case) -> tuple[CaseNotice, ...]:
        """Return a case's papers."""

    async def document(self, digest: str) -> bytes:
        """Return the bytes kept under a SHA-256, none if there are none."""

    async def bring(self, link: str, code: str, data: bytes) -> bool:
        """Take a material's bytes for a case; return whether it was asked for."""

    async def publish(self, item: HandlingItem, by: str) -> None:
        """Publish a version of a guide and tell every kiosk; RefusedError naming what keeps it back."""

    async def act(self, number: str, act: Callable[[Office, Case, Occasion], Decided]) -> Case:
        """Do what staff does to a case; RefusedError if the rules do not allow it."""


class BoardDesk(Protocol):
    """The inventory of small boards."""

    async def put_board(self, board: Board) -> None:
        """Keep a board in the place of the one before."""

    async def boards(self) -> list[Board]:
        """Return the boards by device name."""


@dataclass(frozen=True, slots=True)
class Site:
    """The centre behind the pages; `ledger` returns its length and head hash in hex."""

    config: IntakeConfig
    names: HallNames
    hall: Hall
    clock: Clock
    screens: Screens
    notice: Notice
    journey: Callable[[str], Awaitable[Journey | None]]
    standing: Callable[[str], Awaitable[Standing | None]]
    ledger: Callable[[], tuple[int, str]]
    metrics: Callable[[], bytes]
    is_well: Callable[[], bool]
    speaking: Speaking
    cases: CaseDesk | None = None
    boards: BoardDesk | None = None
