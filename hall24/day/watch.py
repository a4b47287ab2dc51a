"""Looks at every panel as a citizen does: what was put on the wire against what the queue says."""

import asyncio
import hashlib
import re
from collections.abc import Callable, Sequence
from functools import partial

from PIL import Image

from contract import codec
from contract.board import HallMode, WindowState, ZoneBoard
from contract.link import DeviceState, Presence
from contract.topics import Channel
from display_controller.core import hall_layout
from display_controller.core.read import read_line, read_window
from hall24.day.auditor import Auditor
from hall24.day.breaker import BROKER, HALL
from hall24.day.calm import RECOVERY, Calm
from hall24.day.stage import Stage
from hallkit.inventory.schema import DeviceEntry
from hallkit.text.fonts import system_fonts
from simulators.hall import Panel
from simulators.panel_bx_k import SimulatedBxK

SOON = 1.0
"""Seconds within which a display follows the queue."""

OLD = 36.0
"""Seconds after which a display without news shows no number any more; it says so after 30."""

PICTURES_KNOWN = 2_000

TICKET_FROM = 50
"""Dots from the left at which a window display's ticket begins, behind the window's own number."""

WILL_AFTER = 1.0
"""Seconds within which a dead program is told to be offline."""

BLINK_SAMPLES = (0.3, 0.7)
"""Seconds after its news at which a text panel, whose pictures cannot be read back, is also looked at."""

_WINDOW = re.compile(rb'"window":(\d+)')
_QUIET = re.compile(
    rb'"type":"(TicketIssued|RequestAnswered|EstimateScored|BlockLeased|OfflineTicketAccepted|AppointmentBooked)"'
)
"""Facts that change no window, whatever they say."""

_NUMBERED = (WindowState.CALLING, WindowState.SERVING)


class Watch:
    """Checks what changed a second after it changed, and everything again after an outage."""

    def __init__(self, stage: Stage, calm: Calm, auditor: Auditor) -> None:
        self._stage, self._calm, self._auditor = stage, calm, auditor
        self._fonts = system_fonts()
        self._seen: dict[str, ZoneBoard] = {}
        self._changed: dict[str, float] = {}
        self._due: dict[str, bool] = {}
        self._samples: dict[str, list[str]] = {}
        self._read: dict[bytes, str] = {}
        windows = {one.number: one.zone for one in stage.hall.windows}
        self._displays = {one.window or 0: one for one in stage.hall.of_kind("window-display")}
        self._zone = {one.name: one.zone or windows.get(one.window or 0, "") for one in stage.hall.devices}
        self._zones, self._all_zones = windows, [one.id for one in stage.hall.zones]
        self._journal, self._read_to = stage.hall.hall.run / "queue-engine.db", 0
        self.checks = 0

    def look(self) -> None:
        """Take note of what the queue says now; called after each of its commits."""
        assert self._stage.engine is not None
        engine, now = self._stage.engine.keeper.engine, self._stage.clock_of("hall").now()
        for zone in self._touched():
            board, before = engine.board(zone, now), self._seen.get(zone)
            self._seen[zone] = board
            old = {one.window: one for one in before.windows} if before is not None else {}
            for window in board.windows:
                if old.get(window.window) != window:
                    self._note(self._displays[window.window].name)
            if before is not None and board.calls[:1] != before.calls[:1]:
                for one in self._stage.hall.of_kind("hall-display"):
                    if one.zone == zone:
                        self._note(one.name)

    def _touched(self) -> Sequence[str]:
        """Return the zones in which the newest commits changed a window, all of them where something else changed."""
        database = self._stage.disk.database(self._journal)
        found = database.execute(
            "SELECT seq, payload FROM fact WHERE seq > ? ORDER BY seq", (self._read_to,)
        ).fetchall()
        zones: dict[str, None] = {}
        for seq, payload in found:
            self._read_to = seq
            window = _WINDOW.search(payload)
            if window is not None:
                zones[self._zones[int(window[1])]] = None
            elif not _QUIET.search(payload):
                return self._all_zones
        return list(zones) if self._seen else self._all_zones

    def after_outage(self, part: str, seconds: float) -> None:
        """See, in the middle of a long outage, that no display shows numbers nobody stands behind."""
        if part in ("queue-engine", "broker") and seconds > OLD + 1:
            asyncio.get_running_loop().call_later(OLD, self._nothing_old, part)
        if part in self._stage.programs and seconds > 2 * WILL_AFTER:
            asyncio.get_running_loop().call_later(WILL_AFTER, self._is_told, part)

    def look_at_all(self) -> None:
        """Check every window display now."""
        for number in self._displays:
            self._check(self._displays[number].name, 0.0)

    def _note(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        self._changed[name] = loop.time()
        if isinstance(self._stage.hardware.panels[name], SimulatedBxK):
            for pause in BLINK_SAMPLES:
                loop.call_later(pause, self._sample, name)
        if not self._due.get(name):
            self._due[name] = True
            loop.call_later(SOON, partial(self._check_soon, name))

    def _sample(self, name: str) -> None:
        panel = self._stage.hardware.panels[name]
        self._samples.setdefault(name, []).append(_words(panel, panel.picture))

    def _check_soon(self, name: str) -> None:
        loop = asyncio.get_running_loop()
        left = self._changed[name] + SOON - loop.time()
        if left > 1e-9:
            loop.call_later(left, partial(self._check_soon, name))
            return
        self._due[name] = False
        self._check(name, self._changed[name])

    def _check(self, name: str, since: float) -> None:
        if not self._calm.lasts(RECOVERY, HALL, name):
            return
        entry = self._stage.hall.device[name]
        if self._seen[self._zone[name]].mode is HallMode.EMERGENCY:
            return
        self.checks += 1
        if entry.kind == "hall-display":
            self._check_table(entry, since)
        else:
            self._check_window(entry, since)

    def _check_window(self, entry: DeviceEntry, since: float) -> None:
        board = self._seen[self._zone[entry.name]]
        window = next(one for one in board.windows if one.window == entry.window)
        expected = window.ticket or "" if window.state in _NUMBERED else ""
        pictures = self._pictures(entry.name, since)
        shown = self._ticket_on(entry.name, pictures[-1])
        samples = self._samples.pop(entry.name, ())
        blinks = window.state is WindowState.CALLING
        lit = blinks and (expected in samples or any(self._ticket_on(entry.name, one) == expected for one in pictures))
        if shown != expected and not lit:
            at, said = self._stage.clock.now(), f"{window.state.value} {expected}".strip()
            self._auditor.blame("displays_follow", f"{at:%d %H:%M:%S} {entry.name} shows {shown!r}, not {said}")

    def _check_table(self, entry: DeviceEntry, since: float) -> None:
        board = self._seen[self._zone[entry.name]]
        if not board.calls:
            return
        newest = board.calls[0].ticket
        pictures = reversed(self._pictures(entry.name, since))
        if not any(self._newest_on(entry.name, picture) == newest for picture in pictures):
            at = self._stage.clock.now()
            self._auditor.blame("displays_follow", f"{at:%d %H:%M:%S} {entry.name} does not show {newest}")

    def _pictures(self, name: str, since: float) -> list[Image.Image]:
        """Return what a panel showed at its news and since, blinks and all, and what it shows now."""
        panel = self._stage.hardware.panels[name]
        if not since:
            return [panel.picture]
        before = [picture for at, picture in panel.history.changes if at < since][-1:]
        return [*before, *(picture for at, picture in panel.history.changes if at >= since), panel.picture]

    def _ticket_on(self, name: str, picture: Image.Image) -> str:
        panel = self._stage.hardware.panels[name]
        if isinstance(panel, SimulatedBxK):
            return _words(panel, picture)
        words = picture.crop((TICKET_FROM, 0, *picture.size))
        return self._known(words, lambda: read_window(picture, self._fonts).ticket)

    def _newest_on(self, name: str, picture: Image.Image) -> str:
        left, top, _, height = hall_layout.cells(picture.size)[0]
        place = left + 2, top, 69, height
        words = picture.crop((left, top, left + 71, top + height))
        return self._known(words, lambda: read_line(picture, place, hall_layout.TICKET_SIZES, self._fonts))

    def _known(self, words: Image.Image, read: Callable[[], str]) -> str:
        """Return what a part of a picture says, read once for all parts of the same dots."""
        dots = hashlib.blake2b(words.tobytes(), digest_size=16).digest()
        if dots not in self._read:
            if len(self._read) >= PICTURES_KNOWN:
                self._read.clear()
            self._read[dots] = read()
        return self._read[dots]

    def _is_told(self, part: str) -> None:
        program, broker = self._stage.programs[part], self._stage.broker
        if program.is_alive or not self._calm.lasts(RECOVERY, BROKER):
            return
        for user in program.users:
            payload = broker.retained.get(self._stage.hall.address(user).topic(Channel.STATE))
            state = codec.body_of(codec.decode(payload), DeviceState) if payload is not None else None
            if state is not None and state.presence is Presence.ONLINE:
                at = self._stage.clock.now()
                self._auditor.blame("presence_true", f"{at:%d %H:%M:%S} {user} is dead and said to be online")

    def _nothing_old(self, part: str) -> None:
        program = self._stage.programs.get(part)
        is_back = program.is_alive if program is not None else self._stage.broker.is_running
        displays = self._stage.programs["displays-1"]
        if is_back or not displays.is_alive:
            return
        for number, entry in self._displays.items():
            if not self._calm.lasts(RECOVERY, entry.name):
                continue
            shown = self._ticket_on(entry.name, self._stage.hardware.panels[entry.name].picture)
            if shown:
                at = self._stage.clock.now()
                self._auditor.blame(
                    "nothing_old", f"{at:%d %H:%M:%S} window {number} still shows {shown}, {part} is away"
                )


def _words(panel: Panel, picture: Image.Image) -> str:
    """Return the ticket among the words of a text panel that shows them now."""
    if not isinstance(panel, SimulatedBxK) or picture is not panel.picture:
        return ""
    words = " ".join(panel.texts.values()).replace("\u3000", " ").split()
    return next((word for word in words if word[:1].isalpha() and word[1:].isdigit() and word.isascii()), "")
