"""The display controller as a program: one identity on the link that speaks for all its panels."""

import asyncio
import hashlib
import io
import logging
import random
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial

from contract import codec, topics
from contract.board import ZoneBoard
from contract.body import Command, Result
from contract.envelope import Envelope
from contract.link import CommandRefused, DeviceState, Fault, Presence
from contract.screen import PictureTaken, TakePicture
from contract.topics import Address, Channel
from display_controller.app.fault_book import FaultBook
from display_controller.app.panel_desk import Panel, PanelDesk
from display_controller.core.picture import Picture
from display_controller.drivers.display import DisplayStatus
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkFactory, LinkMessage
from hallkit.runtime.outbox import Outbox, OutboxFullError
from hallkit.runtime.postmark import open_message
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import InlineWriter

_LOGGER = logging.getLogger(__name__)

TRY_AGAIN = 30.0
"""Seconds after which a fault that could not be stored is stored again."""

_FAULTS = {
    DisplayStatus.SILENT: Fault.PANEL_SILENT,
    DisplayStatus.STALE: Fault.PANEL_SILENT,
    DisplayStatus.REFUSING: Fault.PANEL_REFUSES,
}


class ControllerApp:
    """Shows every zone's board on its panels."""

    def __init__(
        self, address: Address, password: str, desks: Sequence[PanelDesk], engine: Address, *,
        outbox: Outbox, book: FaultBook, links: LinkFactory, clock: Clock, chance: random.Random,
    ) -> None:  # fmt: skip
        self._desks = tuple(desks)
        self.panels: Mapping[Address, Panel] = {panel.address: panel for desk in desks for panel in desk.panels}
        zones = dict.fromkeys(desk.zone for desk in desks)
        hear: dict[str, Callable[[LinkMessage], None]] = {
            topics.board(address.hall, zone): self._on_board for zone in zones
        }
        hear[engine.topic(Channel.STATE)] = self._on_engine
        self.device = Device(
            address, password, links=links, clock=clock, chance=chance, hear=hear, members=tuple(self.panels),
            outbox=outbox, writer=InlineWriter(),
        )  # fmt: skip
        self.device.on_command = self._obey
        self.device.on_link = self._on_link
        self._clock = clock
        self._engine_up = False
        self._book = book
        self._retry: asyncio.TimerHandle | None = None
        self._unsaid: dict[str, Fault | None] = {}
        for panel in self.panels.values():
            panel.display.on_status = partial(self._on_status, panel)

    async def run(self) -> None:
        """Serve until cancelled."""
        panels = [(f"panel {panel.address.name}", panel.display.run) for panel in self.panels.values()]
        desks = [(f"scene {desk.panels[0].address.name}", desk.run) for desk in self._desks]
        here = {panel.address.name for panel in self.panels.values()}
        self._say({gone: None for gone in self._book.subjects() if gone not in here})
        try:
            await run_jobs([*panels, *desks, ("display link", self.device.run)])
        finally:
            if self._retry is not None:
                self._retry.cancel()

    def _on_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        for desk in self._desks:
            if desk.zone == board.zone:
                desk.on_board(board)

    def _on_engine(self, message: LinkMessage) -> None:
        state = codec.body_of(open_message(message).envelope, DeviceState)
        self._engine_up = state.presence is Presence.ONLINE
        self._news()

    def _on_link(self, up: bool) -> None:
        if up:
            for panel in self.panels.values():
                self._tell(panel, panel.display.status)
        else:
            self._engine_up = False  # a broker that restarts may have forgotten that the engine died meanwhile
        self._news()

    def _news(self) -> None:
        for desk in self._desks:
            desk.on_news(self._engine_up and self.device.link.is_up)

    def _on_status(self, panel: Panel, status: DisplayStatus) -> None:
        self._say({panel.address.name: _FAULTS.get(status)})
        self._tell(panel, status)

    def _tell(self, panel: Panel, status: DisplayStatus) -> None:
        fault = _FAULTS.get(status)
        presence = Presence.OFFLINE if status is DisplayStatus.SILENT else Presence.ONLINE
        self.device.member_state(panel.address, presence, *((fault,) if fault else ()))

    def _say(self, news: Mapping[str, Fault | None]) -> None:
        """Store what the hall store does not know yet; what the disk does not take is tried again until it does."""
        self._unsaid.update(news)
        try:
            for subject in list(self._unsaid):
                self._book.tell(self.device, subject, self._unsaid[subject], self._clock.now())
                del self._unsaid[subject]
        except (OutboxFullError, sqlite3.Error) as error:
            _LOGGER.error("%s: its health was not stored: %s; check the disk", subject, error)
            if self._retry is None:
                self._retry = asyncio.get_running_loop().call_later(TRY_AGAIN, self._say_again)

    def _say_again(self) -> None:
        self._retry = None
        self._say({})

    async def _obey(self, address: Address, command: Command, envelope: Envelope) -> Result:
        panel = self.panels.get(address)
        if not isinstance(command, TakePicture) or panel is None or panel.picture is None:
            return CommandRefused(code="unknown_command")
        return take_picture(panel.picture, command)


def take_picture(picture: Picture, command: TakePicture) -> PictureTaken:
    """Return a panel's picture, dot for dot, unless the asker has it already."""
    width, height = picture.size
    fingerprint = hashlib.blake2b(picture.pixels, digest_size=8).hexdigest()
    if fingerprint == command.known:
        return PictureTaken(fingerprint=fingerprint, width=width, height=height)
    out = io.BytesIO()
    picture.image.save(out, "PNG", optimize=True)
    return PictureTaken(fingerprint=fingerprint, width=width, height=height, png=out.getvalue())
