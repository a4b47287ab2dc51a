"""What is reached from the machine: broker, serial ports, printers, panels."""

import asyncio
import random
import stat
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from display_controller.app.panels import display
from display_controller.drivers.display import DisplayStatus
from display_controller.drivers.panel import PanelDisplay
from hall24.doctor.finding import Finding, ill, well
from hallkit.devices.receipt_printer import ReceiptPrinter
from hallkit.errors import ConfigError, LinkError
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.secrets import users
from hallkit.inventory.start import broker_place
from hallkit.inventory.tls import client_tls
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.link import LinkMessage, LinkSetup
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.url import open_stream

PATIENCE = 4.0
PANELS = ("window-display", "hall-display")
BROKER_ADVICE = "start the hall, or check broker.host, broker.port and the broker's log"


async def check_devices(hall: Hall, passwords: Mapping[str, str]) -> AsyncIterator[Finding]:
    """Yield every finding about what the hall's machine reaches."""
    for found in await asyncio.gather(*(_credential(hall, name, passwords.get(name)) for name in users(hall))):
        yield found
    for found in serial_ports(hall):
        yield found
    printers = [one for one in hall.devices if one.printer is not None]
    for found in await asyncio.gather(*(_printer(one) for one in printers)):
        yield found
    panels = [one for one in hall.devices if one.kind in PANELS and one.url is not None]
    for found in await asyncio.gather(*(_panel(one) for one in panels)):
        yield found


class _Caller:
    """Waits for its link to come up."""

    def __init__(self) -> None:
        self.up = asyncio.Event()

    def on_message(self, message: LinkMessage) -> None:
        """Nothing is asked for, so nothing comes."""

    def on_up(self) -> None:
        """Note that the broker let us in."""
        self.up.set()

    def on_down(self) -> None:
        """Nothing depends on the link any more."""


async def _credential(hall: Hall, name: str, password: str | None) -> Finding:
    """Connect once as `name`; a program that runs under this name is not disturbed for longer than its reconnect."""
    subject = f"broker as {name}"
    if password is None:
        return ill(subject, "the secrets hold no password", "start the hall once to make it")
    caller = _Caller()
    place = broker_place(hall)
    try:
        link = mqtt_links(*place, random.Random(1), client_tls(hall))(LinkSetup(name, password, ()), caller)
    except ConfigError as error:
        return ill(subject, str(error), "correct the file or [broker] in the hall's file")
    running = asyncio.ensure_future(link.run())
    waiting = asyncio.ensure_future(caller.up.wait())
    try:
        await asyncio.wait([running, waiting], timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if caller.up.is_set():
            return well(subject, f"let in at {place[0]}:{place[1]}")
        if running.done() and isinstance(running.exception(), LinkError):
            return ill(subject, str(running.exception()), "restart the broker with the hall's secrets")
        cause = link.trouble or f"no answer at {place[0]}:{place[1]} within {PATIENCE:g} s"
        return ill(subject, cause, BROKER_ADVICE)
    finally:
        for task in (running, waiting):
            task.cancel()
        await asyncio.gather(running, waiting, return_exceptions=True)


def serial_ports(hall: Hall) -> Iterator[Finding]:
    """Yield a finding for every serial port the hall's file names."""
    urls = [url for one in hall.devices for url in (one.url, one.printer, one.reader) if url is not None]
    for url in dict.fromkeys(url for url in urls if urlsplit(url).scheme in ("serial", "pty")):
        path = Path(urlsplit(url).path)
        try:
            is_line = stat.S_ISCHR(path.stat().st_mode)
        except OSError as error:
            yield ill(f"port {path}", error.strerror or str(error), "plug the adapter in, or correct the URL")
            continue
        if is_line:
            yield well(f"port {path}", "there")
        else:
            yield ill(f"port {path}", "is no serial line", "correct the URL in the hall's file")


async def _printer(device: DeviceEntry) -> Finding:
    url, subject = device.printer or "", f"printer of {device.name}"
    printer = ReceiptPrinter(lambda: open_stream(url), SystemClock())
    running = asyncio.ensure_future(printer.run())
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await printer.wait_for(lambda view: view.status is not None)
    finally:
        view = printer.view
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if view.can_print:
        return well(subject, "ready")
    cause = view.cause.value if view.cause is not None else "unknown"
    return ill(subject, f"cannot print: {cause}", f"look at the printer and its cable at {url}")


async def _panel(device: DeviceEntry) -> Finding:
    subject = f"panel {device.name}"
    try:
        panel = display(device, random.Random(1))
    except ConfigError as error:
        return ill(subject, str(error), "correct the protocol in the hall's file")
    running = asyncio.ensure_future(panel.run())
    try:
        await _until_reached(panel)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    if panel.status is DisplayStatus.ONLINE:
        silent = device.protocol == "ddp"
        return well(subject, "its network takes packets; DDP panels never answer" if silent else "answers")
    return ill(subject, f"{panel.status.value}: {panel.detail}", f"check power, cable and address at {device.url}")


async def _until_reached(panel: PanelDisplay) -> None:
    reached = asyncio.Event()
    panel.on_status = lambda status: reached.set()
    with suppress(TimeoutError):
        async with asyncio.timeout(PATIENCE):
            await reached.wait()
