"""The hardware of a whole hall: one simulated machine for every device of the hall's file that is reached by a URL."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from display_controller.wire.bx_g import CARDS
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.transports.memory import Cable
from hallkit.transports.serve import Handler, serve
from hallkit.transports.url import Sockets
from simulators import (
    call_pad,
    code_scanner,
    document_camera,
    id_reader,
    ipp_printer,
    modbus_unit,
    panel_bx_g,
    panel_bx_k,
    panel_ddp,
    receipt_printer,
    ups,
)
from simulators.call_pad import SimulatedCallPadLine
from simulators.call_pad_device import SimulatedCallPad
from simulators.code_scanner import SimulatedScanner
from simulators.id_reader import SimulatedIdReader
from simulators.ipp_printer import SimulatedIppPrinter
from simulators.modbus_unit import SimulatedModbusLine
from simulators.panel_bx_g import SimulatedBxG
from simulators.panel_bx_k import SimulatedBxK
from simulators.panel_ddp import SimulatedDdpPanel
from simulators.receipt_printer import SimulatedReceiptPrinter
from simulators.ups import SimulatedUps

Panel = SimulatedDdpPanel | SimulatedBxK | SimulatedBxG

FIRST_SERIAL = 240_001
_BX_G_CARDS = {"bx-5e": "BX-5E1", "bx-5q": "BX-5Q1+", "bx-6e": "BX-6E1", "bx-6q": "BX-6Q1"}


@dataclass(slots=True)
class Hardware:
    """Every simulated machine by the name it has in the hall's file; a pad line by its bridge's name."""

    printers: dict[str, SimulatedReceiptPrinter] = field(default_factory=dict)
    readers: dict[str, SimulatedIdReader] = field(default_factory=dict)
    panels: dict[str, Panel] = field(default_factory=dict)
    pad_lines: dict[str, SimulatedCallPadLine] = field(default_factory=dict)
    sensor_lines: dict[str, SimulatedModbusLine] = field(default_factory=dict)
    scanners: dict[str, SimulatedScanner] = field(default_factory=dict)
    sheet_printers: dict[str, SimulatedIppPrinter] = field(default_factory=dict)
    supplies: dict[str, SimulatedUps] = field(default_factory=dict)


@asynccontextmanager
async def plug_in(hall: Hall, *, sockets: Sockets | None = None, cable: Cable | None = None) -> AsyncIterator[Hardware]:
    """Serve every machine at its URL while the block runs."""
    hardware = Hardware()
    async with AsyncExitStack() as stack:
        for url, handler in _machines(hall, hardware):
            plain = url.partition("?")[0]
            await stack.enter_async_context(serve(plain, handler, sockets=sockets, cable=cable))
        yield hardware


def _machines(hall: Hall, hardware: Hardware) -> list[tuple[str, Handler]]:
    found: list[tuple[str, Handler]] = []
    for device in hall.devices:
        if device.printer is not None:
            printer = hardware.printers[device.name] = receipt_printer.build()
            found.append((device.printer, partial(receipt_printer.serve, printer)))
        if device.reader is not None:
            reader = hardware.readers[device.name] = id_reader.build()
            found.append((device.reader, partial(id_reader.serve, reader)))
        found += _inside_a_kiosk(device, hardware)
        if device.url is not None and device.kind in ("window-display", "hall-display"):
            found.append((device.url, _panel(device, hardware)))
        if device.url is not None and device.kind == "bridge":
            found.append((device.url, _pad_line(hall, device, hardware)))
    found += _sensor_lines(hall, hardware)
    return found


def _inside_a_kiosk(device: DeviceEntry, hardware: Hardware) -> list[tuple[str, Handler]]:
    """Return what only kiosks have; a camera that is a folder is given sheets to see."""
    found: list[tuple[str, Handler]] = []
    if device.scanner is not None:
        scanner = hardware.scanners[device.name] = code_scanner.build()
        found.append((device.scanner, partial(code_scanner.serve, scanner)))
    if device.sheets is not None:
        printer = hardware.sheet_printers[device.name] = ipp_printer.build()
        found.append((_stream_of(device.sheets), partial(ipp_printer.serve, printer)))
    if device.power is not None:
        supply = hardware.supplies[device.name] = ups.build()
        found.append((device.power, partial(ups.serve, supply)))
    if device.camera is not None and device.camera.startswith("folder:"):
        document_camera.fill(Path(device.camera.removeprefix("folder:")))
    return found


def _stream_of(uri: str) -> str:
    """Return where an A4 printer's stream is: `ipp://memory/name` is a name in this process."""
    parts = urlsplit(uri)
    is_name = parts.hostname == "memory"
    return f"memory:{parts.path.strip('/').partition('/')[0]}" if is_name else f"tcp://{parts.netloc}"


def _panel(device: DeviceEntry, hardware: Hardware) -> Handler:
    width, height = device.width or 192, device.height or 32
    if device.protocol == "bx-k":
        text = hardware.panels[device.name] = panel_bx_k.build(width=width, height=height)
        return partial(panel_bx_k.serve, text)
    if device.protocol in _BX_G_CARDS:
        card = CARDS[_BX_G_CARDS[device.protocol]]
        graphic = hardware.panels[device.name] = panel_bx_g.build(width=width, height=height, card=card)
        return partial(panel_bx_g.serve, graphic)
    pixels = hardware.panels[device.name] = panel_ddp.build(width=width, height=height)
    return partial(panel_ddp.serve, pixels)


def _pad_line(hall: Hall, bridge: DeviceEntry, hardware: Hardware) -> Handler:
    addresses = [one.address for one in hall.members(bridge.name) if one.kind == "call-pad" and one.address]
    pads = [SimulatedCallPad(FIRST_SERIAL + address, address) for address in addresses]
    line = hardware.pad_lines[bridge.name] = SimulatedCallPadLine(pads)
    return partial(call_pad.serve, line)


def _sensor_lines(hall: Hall, hardware: Hardware) -> list[tuple[str, Handler]]:
    urls = dict.fromkeys(one.url for one in hall.of_kind("sensor") if one.url is not None)
    found: list[tuple[str, Handler]] = []
    for url in urls:
        line = hardware.sensor_lines[url] = modbus_unit.build()
        found.append((url, partial(modbus_unit.serve, line)))
    return found
