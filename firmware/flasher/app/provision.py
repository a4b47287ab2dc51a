"""A board gets its place: identity, certificate, settings; read back, entered in the register, started."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from firmware.flasher.app.told import Told, nobody
from firmware.flasher.core import board_look, register, settings
from firmware.flasher.core.authority import Authority, Credentials, issue
from firmware.flasher.core.register import Entry
from firmware.flasher.drivers import port_lock
from firmware.flasher.drivers.authority_store import AuthorityStore, new_serial
from firmware.flasher.drivers.mpremote import Mpremote


@dataclass(frozen=True, slots=True)
class Place:
    """What a board becomes: its settings as they will lie on it, and further files (a pad's pictures)."""

    settings: Mapping[str, Any] = field(repr=False)
    files: Mapping[str, bytes] = field(repr=False, default_factory=dict)

    @property
    def name(self) -> str:
        """The device's name."""
        return str(self.settings["name"])


@dataclass(frozen=True, slots=True)
class Choice:
    """What the technician said: the board takes another's place; its own old facts may go."""

    swap: bool = False
    forget: bool = False
    locks: Path | None = None


async def provision(
    place: Place, port: str, store: AuthorityStore, now: Callable[[], datetime], choice: Choice, tell: Told = nobody
) -> Entry:
    """Provision one flashed board; return its entry. FlasherError with the cause; run it again after any failure.

    The register changes last: what was broken off leaves the certificate that counted before.
    """
    with port_lock.held(port, choice.locks):
        board = Mpremote(port)
        tell("looking", 0.0)
        look = board_look.read(await board.execute(board_look.LOOK), port)
        own = look.board or f"{new_serial():x}"[:12]
        register.check_place(store.entries(), place.name, own, swap=choice.swap)
        board_look.check(look, place.name, port, forget=choice.forget)
        if look.name not in ("", place.name) or choice.swap:
            await board.execute(board_look.FORGET)
        authority = store.authority()
        issued = now()
        given = issue(authority, str(place.settings["hall"]), place.name, issued, new_serial())
        await board.install(_files(place, own, authority, given), partial(tell, "settings"))
        entry = _entry(place, own, given, issued)
        store.change(lambda entries: register.enter(entries, entry))
        tell("starting", 1.0)
        await board.restart()
    return entry


def _files(place: Place, board: str, authority: Authority, given: Credentials) -> dict[str, bytes]:
    """Return what is written, the settings last: a board without them does not pretend to have a place."""
    return {
        **place.files,
        settings.BOARD_ID: board.encode(),
        settings.AUTHORITY: authority.der(),
        settings.CERTIFICATE: given.certificate,
        settings.KEY: given.key,
        settings.FILE: settings.encode(dict(place.settings)),
    }


def _entry(place: Place, board: str, given: Credentials, issued: datetime) -> Entry:
    return Entry(
        device=place.name,
        kind=str(place.settings["kind"]),
        window=place.settings.get("window"),
        version=str(place.settings["version"]),
        board=board,
        serial=given.serial,
        issued=issued,
        expires=given.expires,
    )
