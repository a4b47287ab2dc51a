"""The call pad's screen, 160 by 128: state, ticket in hand, how many wait; only what changed is painted."""

import asyncio

from h24 import field_bus as bus
from h24.strips import glyph

LAMPS = ("off", "free", "calling", "serving", "paused", "refused", "offline")
GROUND = b"\x11\x25"
WIDTH = 160
TICKET_TOP, TICKET_HEIGHT = 30, 66
FAMILIES = (("t", 34), ("u", 40), ("v", 46))
"""Sizes a ticket is shown in, the largest that fits, with the row each begins at."""

WAIT_TOP, WAIT_HEIGHT = 96, 32
BLINK_MS = 500
SOON_MS, LATER_MS = 100, 10000


class CallFace:
    """Paints a CallPad's values; between two pieces the line is served."""

    def __init__(self, strips):
        self._strips = strips
        self._shown = {}
        self.is_offline = True

    async def show(self, pad, now):
        """Paint what changed."""
        self.is_offline = pad.is_offline(now)
        if pad.blinks(now):
            await self._show_blinking(now // BLINK_MS % 2)
            return
        if self._shown.pop("blink", None) is not None:
            self._shown = {}
        lamp = "offline" if self.is_offline else LAMPS[pad.lamp]
        await self._piece("lamp", lamp, lambda: self._strips.draw("lamp-" + lamp, 0, 0))
        await self._piece("ticket", pad.ticket, lambda: self._ticket(pad.ticket))
        await self._piece("waiting", pad.waiting, lambda: self._waiting(pad.waiting))

    def text(self):
        """Return what is on the screen as a line for whoever watches."""
        if "blink" in self._shown:
            return "blink"
        return "%(lamp)s %(ticket)s %(waiting)s" % self._shown

    def patience(self, pad, now):
        """Return the milliseconds until the screen has to be looked at again without anything new."""
        if pad.blinks(now):
            return BLINK_MS - now % BLINK_MS
        if self.is_offline:
            return LATER_MS
        return pad.offline_in(now) + SOON_MS

    async def _show_blinking(self, phase):
        await self._piece("blink", phase, lambda: self._strips.draw("blink-%d" % phase, 0, 0))

    async def _piece(self, name, value, paint):
        if self._shown.get(name) != value or name not in self._shown:
            paint()
            self._shown[name] = value
            await asyncio.sleep(0)

    def _ticket(self, ticket):
        self._strips.fill(GROUND, 0, TICKET_TOP, WIDTH, TICKET_HEIGHT)
        for family, top in FAMILIES:
            names = [glyph(family, one) for one in ticket] or ["no-ticket"]
            if self._strips.width(names) <= WIDTH:
                break
        self._strips.line(names, 0, top, WIDTH, "centre")

    def _waiting(self, waiting):
        self._strips.fill(GROUND, 0, WAIT_TOP, WIDTH, WAIT_HEIGHT)
        names = ["waiting-pre"] + [glyph("w", one) for one in str(waiting)] + ["waiting-post"]
        self._strips.line(names, 0, WAIT_TOP + 2, WIDTH, "centre")
