"""The clerk's desk as a program: one window's keys on a page, for when its call pad is broken or it has none."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from contract import codec, topics
from contract.board import WindowOnBoard, WindowState, ZoneBoard
from contract.body import Reply
from contract.queue import RefusalCode
from contract.queue_requests import CallReply, QueueRefused
from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.requester import NoAnswerError
from hallkit.runtime.supervise import run_jobs
from hallkit.web.server import serve
from queue_caller.core.desk import offered, request
from queue_caller.web.desk_page import DeskPort, DeskWords, desk_page

PATIENCE = 8.0
HOST, FIRST_PORT = "127.0.0.1", 8100
_REFUSALS = {
    RefusalCode.NOBODY_WAITING: "没有人在等",
    RefusalCode.OTHERS_DUE_FIRST: "还有人等得更久，先叫他们",
    RefusalCode.UNKNOWN_TICKET: "没有这个号",
    RefusalCode.CALL_LIMIT: "已叫满次数，可按“没有来”",
    RefusalCode.NOT_IN_THIS_STATE: "现在不能这样做",
    RefusalCode.NOT_AUTHORISED: "这个窗口没有这项权限",
}


class ClerkDesk:
    """One window's desk."""

    def __init__(self, hall: Hall, entry: DeviceEntry) -> None:
        if entry.window is None:
            raise ConfigError(f"devices.{entry.name}.window: a clerk's desk needs its window's number")
        self.window = entry.window
        self._device: Device | None = None
        self._services = {service.id: service.name for service in hall.services}
        self._own = next((one.services for one in hall.windows if one.number == self.window), ())
        self._board: ZoneBoard | None = None
        self._news: list[asyncio.Event] = []

    def join(self, device: Device) -> None:
        """Take the connection whose boards come to `on_board`."""
        self._device = device
        device.on_link = lambda up: self.tell()

    @property
    def device(self) -> Device:
        """The desk's connection, once joined."""
        assert self._device is not None
        return self._device

    @property
    def services(self) -> tuple[str, ...]:
        """The queues of this desk's window."""
        return self._own

    def on_board(self, message: LinkMessage) -> None:
        """Show another board."""
        self._board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        self.tell()

    def tell(self) -> None:
        """Wake every open page."""
        for event in self._news:
            event.set()

    async def changed(self) -> None:
        """Return when the desk has news."""
        event = asyncio.Event()
        self._news.append(event)
        try:
            await event.wait()
        finally:
            self._news.remove(event)

    def state(self) -> Mapping[str, Any]:
        """Return what the page shows."""
        window = self._window()
        queues = self._board.queues if self._board is not None else ()
        return {
            "state": window.state.value if window else WindowState.CLOSED.value,
            "ticket": window.ticket if window else None,
            "count": window.count if window else 0,
            "offered": [action.name for action in offered(window)],
            "queues": [
                {"name": self._services.get(one.service, one.service), "waiting": one.waiting}
                for one in queues
                if one.service in self._own
            ],
            "as_of": f"{self._board.as_of:%H:%M}" if self._board is not None else "",
            "up": self.device.link.is_up,
        }

    async def act(self, action: str, form: Mapping[str, str]) -> str:
        """Ask the queue and return what to say; raise DeskError for a form that is wrong."""
        window = self._window()
        asked = request(action, self.window, window.ticket if window else None, form)
        try:
            return _said(await self.device.ask("queue", asked, patience=PATIENCE))
        except NoAnswerError:
            return "叫号引擎没有应答，没有办成，请稍等再按"

    def _window(self) -> WindowOnBoard | None:
        windows = self._board.windows if self._board is not None else ()
        return next((one for one in windows if one.window == self.window), None)


def clerk_desk(start: Start, name: str, port: int) -> Callable[[], Awaitable[None]]:
    """Return one clerk's desk and its page, ready to run; raise ConfigError for a name the hall does not have."""
    hall = start.hall
    entry = hall.device.get(name)
    if entry is None or entry.kind != "clerk-desk":
        raise ConfigError(f"devices: no clerk-desk named {name!r}")
    zone = next((one.zone for one in hall.windows if one.number == entry.window), entry.zone or "")
    desk = ClerkDesk(hall, entry)
    desk.join(
        Device(
            hall.address(name), start.password(name), links=start.links, clock=start.clock, chance=start.chance,
            hear={topics.board(hall.hall.name, zone): desk.on_board},
        )
    )  # fmt: skip
    business = next((service.name for service in hall.services if service.id in desk.services), "")
    words = DeskWords(hall.hall.title, desk.window, business, {one.id: one.name for one in hall.services})
    page = desk_page(words, DeskPort(desk.state, desk.changed, desk.act))

    async def run() -> None:
        at = port or FIRST_PORT + desk.window
        await run_jobs([("desk link", desk.device.run), ("desk page", lambda: serve(page, HOST, at))])

    return run


def _said(reply: Reply) -> str:
    if isinstance(reply, QueueRefused):
        return _REFUSALS.get(reply.code, f"没有办成（{reply.code.value}）")
    if isinstance(reply, CallReply):
        return f"{reply.ticket}，还可以再叫 {reply.calls_left} 次" if reply.calls_left else reply.ticket
    return "好了"
