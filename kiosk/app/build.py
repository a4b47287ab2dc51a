"""A kiosk put together from a hall's file."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

from contract.catalogue import CatalogueEntry
from hallkit.devices.answer_line import Opener
from hallkit.devices.code_scanner import keyboard_opener
from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry
from hallkit.inventory.start import Start
from hallkit.runtime.writer import InlineWriter, ThreadWriter, Writer
from hallkit.text.fonts import system_fonts
from hallkit.touch.screen import NoScreen, PygameScreen, Screen
from hallkit.transports.url import Sockets, open_stream
from kiosk.app.hardware import Openers
from kiosk.app.kiosk import KioskApp, ReadWords
from kiosk.config import KIOSK, kiosk_table
from kiosk.core.pinyin_words import Words
from kiosk.drivers.document_camera import Camera, FolderCamera, V4l2Camera
from kiosk.drivers.flatbed import Flatbed
from kiosk.drivers.pinyin_file import read_words

DISPLAYS = ("DISPLAY", "WAYLAND_DISPLAY", "SDL_VIDEODRIVER")
IPP_PORT = 631
KEY_PX = 52


def shown_kiosk(start: Start, name: str, window: bool, headless: bool) -> Callable[[], Awaitable[None]]:
    """Return a kiosk on the display if there is one; without it the live page shows the scene's picture."""
    screen: Screen = NoScreen()
    if not headless and any(os.environ.get(one) for one in DISPLAYS):
        screen = PygameScreen(full_screen=not window, title=name)
    return kiosk(start, name, screen, writer=ThreadWriter(name), words=_drawn_words).run


def kiosk(
    start: Start, name: str, screen: Screen, *, sockets: Sockets | None = None, writer: Writer | None = None,
    words: ReadWords = lambda entries: Words(()),
) -> KioskApp:  # fmt: skip
    """Return one of the hall's kiosks on `screen`; raise ConfigError if the hall has none so."""
    entry = start.hall.device.get(name)
    if entry is None or entry.kind != KIOSK:
        raise ConfigError(f"devices: no {KIOSK} named {name!r}")
    return KioskApp(
        entry, start.hall, kiosk_table(start.hall), start.password(name), screen=screen,
        openers=openers_of(entry, sockets), database=start.database(name), links=start.links, clock=start.clock,
        chance=start.chance, writer=writer or InlineWriter(), read_words=words,
    )  # fmt: skip


def openers_of(entry: DeviceEntry, sockets: Sockets | None = None) -> Openers:
    """Return how a kiosk's devices are reached; raise ConfigError for an address nobody knows."""
    sheets = entry.sheets
    return Openers(
        printer=_opener(entry.printer, sockets), reader=_opener(entry.reader, sockets),
        scanner=_scanner(entry.scanner, sockets), camera=_camera(entry.camera),
        sheets=_sheets(sheets, sockets) if sheets else None, sheets_uri=sheets or "",
        power=_opener(entry.power, sockets),
    )  # fmt: skip


def _drawn_words(entries: tuple[CatalogueEntry, ...]) -> Words:
    """Return the keyboard's words, without characters that no font here draws."""
    return read_words(entries, system_fonts().ui(KEY_PX).covers)


def _opener(url: str | None, sockets: Sockets | None) -> Opener | None:
    return (lambda: open_stream(url, sockets)) if url is not None else None


def _scanner(url: str | None, sockets: Sockets | None) -> Opener | None:
    """Return the opener of a serial scanner, or of one that is a keyboard (`evdev:/dev/input/event5`)."""
    if url is not None and url.startswith("evdev:"):
        return keyboard_opener(url.removeprefix("evdev:"))
    return _opener(url, sockets)


def _sheets(uri: str, sockets: Sockets | None) -> Opener:
    """Return the opener of an A4 printer at an IPP address; `memory` as its host is a name in this process."""
    parts = urlsplit(uri)
    if parts.hostname == "memory":
        return lambda: open_stream(f"memory:{parts.path.strip('/').partition('/')[0]}", sockets)
    return lambda: open_stream(f"tcp://{parts.hostname}:{parts.port or IPP_PORT}")


def _camera(url: str | None) -> Camera | None:
    if url is None:
        return None
    kind, _, place = url.partition(":")
    match kind:
        case "folder":
            return FolderCamera(Path(place))
        case "v4l2":
            return V4l2Camera(place)
        case "flatbed":
            return Flatbed(place)
        case _:
            raise ConfigError(f"camera: {url!r} is none of v4l2:, flatbed: and folder:")
