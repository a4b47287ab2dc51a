"""A program of the hall under an update: seen through the hall's broker, restarted by a command of the machine's."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from contract import codec
from contract.board import WindowState, ZoneBoard
from contract.link import DeviceState, Presence
from contract.queue_requests import AskQueues, QueueRefused
from contract.topics import Channel
from firmware.updates.core.trial import Evidence
from hallkit.errors import HallkitError
from hallkit.inventory.grants import boards
from hallkit.inventory.start import Start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import open_message
from hallkit.runtime.requester import NoAnswerError

ENGINE = "queue-engine"
DESKS = {ENGINE: "manager-desk"}
OTHERS = "technician-desk"
STEADY = timedelta(seconds=10)
"""How long a program that answers no requests has to stay online, without a new start, to count as answering."""
ASK_PATIENCE = 3.0
AT_WORK = (WindowState.CALLING, WindowState.SERVING)
_UNSEEN = DeviceState(presence=Presence.OFFLINE, boot="", since=datetime.min)  # noqa: DTZ901 - never compared

Restart = Callable[[], Awaitable[None]]


class HallProgram:
    """One program as the hall sees it; a desk of the hall's looks, `restart_command` starts it anew."""

    def __init__(self, share: Start, name: str, desk: str, restart_command: Restart) -> None:
        hall = share.hall
        self._share, self._name, self._restart = share, name, restart_command
        self._state, self._online_since = _UNSEEN, share.clock.now()
        self._boards: dict[str, ZoneBoard] = {}
        hear = dict.fromkeys(boards(hall), self._on_board)
        hear[hall.address(name).topic(Channel.STATE)] = self._on_state
        password = share.password(desk)
        self.desk = Device(
            hall.address(desk), password, links=share.links, clock=share.clock, chance=share.chance, hear=hear
        )

    async def restart(self) -> None:
        """Start it anew from where `current` leads."""
        await self._restart()

    async def evidence(self) -> Evidence:
        """Return the version it is online with, and whether it answers; no version while it is away."""
        if self._state.presence is not Presence.ONLINE:
            return Evidence()
        return Evidence(self._state.version, await self._answers())

    def is_online_as(self, version: str) -> bool:
        """Return whether it is there under this version."""
        return self._state.presence is Presence.ONLINE and self._state.version == version

    async def is_needed(self) -> bool:
        """Return whether somebody is called or served, or nobody knows because no board was seen."""
        windows = [one for board in self._boards.values() for one in board.windows]
        return not self._boards or any(one.state in AT_WORK for one in windows)

    async def _answers(self) -> bool:
        if self._name != ENGINE:
            return self._share.clock.now() - self._online_since >= STEADY
        try:
            reply = await self.desk.ask("queue", AskQueues(), patience=ASK_PATIENCE)
        except NoAnswerError:
            return False
        return not isinstance(reply, QueueRefused)

    def _on_state(self, message: LinkMessage) -> None:
        state = codec.body_of(open_message(message).envelope, DeviceState)
        if (state.boot, state.presence) != (self._state.boot, self._state.presence):
            self._online_since = self._share.clock.now()
        self._state = state

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        self._boards[board.zone] = board


def desk_of(share: Start, name: str) -> str:
    """Return the desk that looks at a program; raise HallkitError if the hall has none."""
    kind = DESKS.get(name, OTHERS)
    found = share.hall.of_kind(kind)
    if not found:
        raise HallkitError(f"devices: no {kind}; add one to the hall's file to see {name} with")
    return found[0].name


def by_command(command: str) -> Restart:
    """Return what restarts a program through the machine's own means, as `systemctl restart hall24-engine`."""

    async def restart() -> None:
        process = await asyncio.create_subprocess_shell(command)
        if code := await process.wait():
            raise HallkitError(f"{command!r} ended with {code}: start the program by hand, then run this again")

    return restart


@asynccontextmanager
async def seen(share: Start, name: str, desk: str, restart: Restart) -> AsyncIterator[HallProgram]:
    """Look at a program while the block runs."""
    program = HallProgram(share, name, desk, restart)
    running = asyncio.create_task(program.desk.run())
    try:
        yield program
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
