"""The display controller put together from a hall's file."""

from collections.abc import Awaitable, Callable

from display_controller.app.controller import ControllerApp
from display_controller.app.fault_book import FaultBook
from display_controller.app.panel_desk import Panel, PanelDesk
from display_controller.app.panels import display, palette
from display_controller.config import display_table, role_of
from display_controller.core.render import Renderer
from display_controller.core.scene import Role
from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.outbox import Outbox
from hallkit.runtime.supervise import run_jobs
from hallkit.text.fonts import system_fonts
from hallkit.transports.url import Sockets

PANELS = ("window-display", "hall-display")


def controllers(start: Start) -> Callable[[], Awaitable[None]]:
    """Return every display controller of the hall, ready to run."""
    apps = [(entry.name, controller(start, entry).run) for entry in start.hall.of_kind("display-controller")]
    if not apps:
        raise ConfigError("devices: no display-controller; panels need one as their gateway")

    async def run() -> None:
        await run_jobs(apps)

    return run


def controller(
    start: Start, entry: DeviceEntry, *, sockets: Sockets | None = None, lossless: bool = False
) -> ControllerApp:
    """Return one display controller and its panels."""
    hall, table = start.hall, display_table(start.hall)
    renderer = Renderer(system_fonts())
    panels = [one for one in hall.members(entry.name) if one.kind in PANELS]
    alike: dict[tuple[str, Role], list[Panel]] = {}
    for one in sorted(panels, key=lambda one: _size(one)[0] * _size(one)[1]):
        panel = Panel(
            hall.address(one.name), _size(one), palette(one), display(one, start.chance, sockets, lossless=lossless)
        )
        alike.setdefault((_zone(hall, one), role_of(hall, one, table)), []).append(panel)
    desks = [
        PanelDesk(zone, role, members, renderer=renderer, clock=start.clock) for (zone, role), members in alike.items()
    ]
    database = start.database(entry.name)
    outbox = Outbox(database, f"{start.chance.getrandbits(64):016x}")
    return ControllerApp(
        hall.address(entry.name), start.password(entry.name), desks, hall.address("queue-engine"),
        outbox=outbox, book=FaultBook(database, outbox), links=start.links, clock=start.clock, chance=start.chance,
    )  # fmt: skip


def _zone(hall: Hall, one: DeviceEntry) -> str:
    windows = {window.number: window.zone for window in hall.windows}
    return one.zone or windows.get(one.window or 0, "")


def _size(one: DeviceEntry) -> tuple[int, int]:
    return one.width or 192, one.height or 32
