"""The display over a service window: number, business, the ticket called or served, or why nobody is served."""

import asyncio

from apps.board import Board
from h24 import moment
from h24.board_scanner import BoardScanner
from h24.errors import MessageError
from h24.hall_device import refused
from h24.strips import Strips, glyph

STALE_MS = 30000
HALF_MS, HALVES = 500, 6
LEFT, RIGHT, FOOT = 92, 310, 61
TICKET_ROOM = 138
TICKET_TOP, TICKET_HEIGHT = 20, 44
SIZES, LONGEST = 4, 6
DARK = b"\x00\x00"
RESTING = ("free", "paused", "closed")
REASONS = ("break", "meal", "meeting", "fault")


class WindowDisplay:
    """One display, by its settings: window, zone whose board it hears, strips."""

    def __init__(self, settings, hal):
        self._topic = "h24/v1/%s/board/%s" % (settings["hall"], settings["zone"])
        self.board = Board(settings, hal, [self._topic])
        self._hal, self._clock = hal, self.board.clock
        self._strips = Strips(settings["strips"], hal.lcd)
        self._scanner = BoardScanner(settings["window"])
        self._seen = None
        self._called, self._called_at = (), 0
        self._shown = ("", "", "", "")
        client = self.board.device.client
        hear = client.on_message
        client.on_message = lambda message: self._hear(message) if message.topic == self._topic else hear(message)
        client.on_piece = self._hear
        self.board.on_command = lambda kind, body: refused("unknown_command")
        self._beat = self.board.supervisor.add("face", self._keep, 30)

    async def run(self):
        """Serve until a task fails; the caller resets the board."""
        await self.board.run()

    def _hear(self, message):
        if message.topic != self._topic:
            return
        if not message.at:
            self._scanner.begin()
        self._scanner.feed(message.payload)
        if message.is_last and self._scanner.is_whole:
            try:
                self._take(self._scanner)
            except MessageError:
                self.board.device.refused += 1

    def _take(self, found):
        """Keep what a whole board says of this window; raise MessageError for what cannot be shown."""
        mine = found.mine or {}
        as_of = moment.read(found.as_of)
        ticket = mine.get("ticket") or ""
        if not isinstance(ticket, str) or len(ticket) > LONGEST or not self._strips.covers("c0", ticket):
            raise MessageError("ticket", str(ticket)[:20])
        for one in (mine.get("until"), found.reopens):
            if one:
                moment.read(one)
        call = (mine.get("ticket"), mine.get("count")) if mine.get("state") == "calling" else ()
        if call != self._called:
            self._called, self._called_at = call, self._clock.monotonic()
        opens = found.reopens if mine.get("state", "closed") == "closed" else ""
        offers = found.gives_tickets and found.mode == "open"
        self._seen = (found.mode, mine, as_of, opens, offers, self._clock.monotonic())
        self._hal.wake()

    async def _keep(self):
        """Show what is so now; asleep until a board, the next half of a blink, or the board grows old."""
        while True:
            self._beat()
            self._show()
            await self._hal.next_event(self._patience() / 1000)

    def _patience(self):
        blinking = self._clock.monotonic() - self._called_at
        if self._called and blinking < HALF_MS * HALVES:
            return HALF_MS - blinking % HALF_MS
        return 5000

    def _show(self):
        scene = self._scene()
        if scene == self._shown:
            return
        before, self._shown = self._shown, scene
        base, ticket, note, detail = scene
        if (base, note, detail) != (before[0], before[2], before[3]):
            self._strips.draw(base, 0, 0)
            self._line(note, 3)
            self._line(detail, 43)
        elif base in ("calling", "serving"):
            self._strips.fill(DARK, LEFT, TICKET_TOP, TICKET_ROOM, TICKET_HEIGHT)
        if ticket:
            self._ticket(ticket, base[0])
        self._hal.shown(" ".join([part for part in (base, ticket, note, detail) if part]))

    def _scene(self):
        """Return what is to be seen: base picture, ticket, note and detail as names of pictures."""
        if self._seen is None:
            return "starting", "", "", ""
        mode, mine, as_of, opens, offers, heard = self._seen
        if mode == "emergency":
            return "emergency", "", "", ""
        if self._is_stale(as_of, heard):
            return "stale", "", "", ""
        state = mine.get("state", "closed")
        if state in ("calling", "serving"):
            return state, self._lit(mine.get("ticket") or "", state), "", ""
        return state if state in RESTING else "closed", "", self._note(state, mine, as_of, opens, offers), _detail(mine)

    def _is_stale(self, as_of, heard):
        """Say whether numbers may be shown no more: by the clock where it is set, else by when the board came."""
        if self._clock.monotonic() - heard >= STALE_MS:
            return True
        return self._clock.quality != "none" and self._clock.now() - as_of >= STALE_MS

    def _lit(self, ticket, state):
        halves = (self._clock.monotonic() - self._called_at) // HALF_MS
        return "" if state == "calling" and halves < HALVES and halves % 2 else ticket

    def _note(self, state, mine, as_of, opens, offers):
        if state == "free":
            return "take-ticket" if offers else ""
        until = mine.get("until") if state == "paused" else opens
        if not until or moment.read(until) <= as_of:
            return ""
        return moment.spoken(moment.read(until), as_of) + (" back" if state == "paused" else " opens")

    def _line(self, note, y):
        names = []
        for part in note.split():
            names += [part] if part[0].isalpha() else [glyph("n", one) for one in part]
        if names:
            self._strips.line(names, LEFT, y, RIGHT - LEFT, "right")

    def _ticket(self, ticket, state):
        for size in range(SIZES):
            names = [glyph(state + str(size), one) for one in ticket]
            if self._strips.width(names) <= TICKET_ROOM:
                break
        self._strips.line(names, LEFT, FOOT - self._strips.size(names[0])[1], TICKET_ROOM)


def _detail(mine):
    reason = mine.get("reason")
    return "reason-" + reason if mine.get("state") == "paused" and reason in REASONS else ""


async def run(settings, hal):
    """Run the display until something ends."""
    await WindowDisplay(settings, hal).run()
