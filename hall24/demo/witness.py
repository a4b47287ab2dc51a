"""Whoever stands in a live hall and looks: one connection that hears every board and may ask the queue."""

import asyncio
import random
from collections.abc import Callable
from datetime import datetime

from contract import codec, topics
from contract.board import CallOnBoard, ZoneBoard
from contract.link import DeviceState, Presence
from contract.topics import Channel
from hall24.demo.fingers import Fingers
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.postmark import open_message

MANAGER = "manager-1"


class Witness:
    """Sees the boards as people do; `calls` is every call ever seen, by its number."""

    def __init__(self, hall: Hall, password: str, links: LinkFactory, clock: Clock, chance: random.Random) -> None:
        hear = {topics.board(hall.hall.name, zone.id): self._on_board for zone in hall.zones}
        self._awaited = {hall.address(machine.name) for machine in hall.of_kind("ticket-machine")}
        hear |= {machine.topic(Channel.STATE): self._on_machine for machine in self._awaited}
        self.fingers = Fingers(clock)
        hear |= {machine.topic(Channel.RESULT): self.fingers.hear for machine in self._awaited}
        self.device = Device(hall.address(MANAGER), password, links=links, clock=clock, chance=chance, hear=hear)
        self.fingers.device = self.device
        self.boards: dict[str, ZoneBoard] = {}
        self.calls: dict[int, CallOnBoard] = {}
        self.on_board: list[Callable[[ZoneBoard], None]] = []
        self._zones = len(hall.zones)
        self._seen = asyncio.Event()

    async def wait_for_the_hall(self) -> None:
        """Return once every zone has shown its board and every ticket machine is there."""
        while len(self.boards) < self._zones or self._awaited:
            self._seen.clear()
            await self._seen.wait()

    def latest(self, zone: str) -> CallOnBoard | None:
        """Return a zone's newest call."""
        board = self.boards.get(zone)
        return board.calls[0] if board is not None and board.calls else None

    def as_of(self) -> datetime | None:
        """Return when the newest board was made."""
        return max((board.as_of for board in self.boards.values()), default=None)

    def _on_machine(self, message: LinkMessage) -> None:
        received = open_message(message)
        if codec.body_of(received.envelope, DeviceState).presence is Presence.ONLINE:
            self._awaited.discard(received.address)
            self._seen.set()

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        self.boards[board.zone] = board
        self.calls.update({call.call: call for call in board.calls})
        self._seen.set()
        for look in self.on_board:
            look(board)
