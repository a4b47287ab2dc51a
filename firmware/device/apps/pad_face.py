"""The rating pad's screen, 320 by 240: which pictures go where for a state, and what a touch means."""

from h24 import rating_state as states
from h24 import moment
from h24.strips import glyph

REASON_ORDER = (0, 3, 1, 2, 4, 5)
"""Reasons as they stand on the screen, row by row."""

THANKS, WORDS_TOP = "thanks-", 130
BAR_COLOUR, CARD_COLOUR = b"\x0a\xcd", b"\xff\xff"


class Face:
    """Paints only what changed: another screen wholly, a second or a tick alone."""

    def __init__(self, strips):
        self._strips = strips
        self._base, self._corner, self._ticks = "", (), 0

    def covers(self, masked_name, staff):
        """Say whether a staff card can be shown without a box or a gap."""
        return self._strips.covers("n", masked_name) and self._strips.covers("s", staff)

    def show(self, state, view, now):
        """Bring the screen to `state`; `view` has offline, refused, waiting, full, mine (board line) and elsewhere."""
        base = _base(state, view)
        corner = _corner(base, state, view, now)
        if corner == ("zone",) and self._corner not in (None, corner):
            self._base = ""
        key = (base, state.staff, state.masked_name, _pause_key(base, view))
        if key != self._base:
            self._ground(base)
            self._base, self._corner, self._ticks = key, None, 0
            self._details(base, state, view)
        if corner != self._corner:
            self._paint_corner(base, corner)
            self._corner = corner
        if state.screen == states.REASONS:
            self._paint_ticks(state.ticks)

    def _ground(self, base):
        """Paint a screen; of one thanks after another only the words."""
        if self._base and base.startswith(THANKS) and self._base[0].startswith(THANKS):
            self._strips.draw("words-" + base[len(THANKS) :], 0, WORDS_TOP)
        else:
            self._strips.draw(base, 0, 0)

    def _details(self, base, state, view):
        if base == "idle-card":
            self._strips.line([glyph("n", one) for one in state.masked_name], 108, 55)
            self._strips.line([glyph("s", one) for one in state.staff], 108 + self._strips.size("staff-pre")[0], 99)
        if base in ("paused", "closed"):
            self._pause(view)

    def _pause(self, view):
        if view["mine"].get("until"):
            digits = moment.clock_text(moment.read(view["mine"]["until"]))
            self._strips.line([glyph("t", one) for one in digits] + ["resumes-post"], 6, 134, 308, "centre")
        if view["elsewhere"]:
            self._strips.fill(CARD_COLOUR, 0, 198, 320, 30)
            names = ["goto-pre"] + [glyph("g", one) for one in str(view["elsewhere"])] + ["goto-post"]
            self._strips.line(names, 6, 203, 308, "centre")

    def _paint_corner(self, base, corner):
        if corner == ("zone",):
            return
        if corner[0] in ("grades", "reasons"):
            self._strips.draw("seconds-%02d" % corner[1], 250, 0)
            return
        self._strips.fill(BAR_COLOUR, 147, 0, 173, 36)
        names = ["corner-refused"]
        if corner[0] == "offline":
            names = ["offline-pre"] + [glyph("o", one) for one in str(corner[1])] + ["offline-post"]
        self._strips.line(names, 147, 10, 160, "right")

    def _paint_ticks(self, ticks):
        for place, reason in enumerate(REASON_ORDER):
            if (ticks ^ self._ticks) >> reason & 1:
                name = ("tick-%d" if ticks >> reason & 1 else "untick-%d") % place
                self._strips.draw(name, 7 + 156 * (place % 2), 42 + 48 * (place // 2))
        self._ticks = ticks


def _base(state, view):
    if state.screen == states.GRADES or state.screen == states.REASONS:
        return state.screen
    if state.screen == states.THANKS:
        return "thanks-" + ("received" if not view["waiting"] else "offline" if view["offline"] else "sending")
    if view["full"]:
        return "full"
    if view["mine"] and view["mine"].get("state") in ("paused", "closed"):
        return view["mine"]["state"]
    return "idle-card" if state.staff else "idle"


def _pause_key(base, view):
    return (view["mine"].get("until"), view["elsewhere"]) if base in ("paused", "closed") else None


def _corner(base, state, view, now):
    if state.screen in (states.GRADES, states.REASONS):
        return state.screen, min(max((state.until - now + 999) // 1000, 0), 60)
    if view["refused"]:
        return ("refused",)
    return ("offline", view["waiting"]) if view["offline"] else ("zone",)


def touched(screen, x, y):
    """Return what stands at a pixel: ("grade", 1–5), ("reason", 0–5), ("submit",), ("no_reason",) or None."""
    if screen == states.GRADES and 6 <= x < 314 and y >= 39 and (y - 39) % 40 < 38 and y < 239:
        return "grade", 5 - (y - 39) // 40
    if screen != states.REASONS:
        return None
    if 190 <= y < 235:
        return ("no_reason",) if 7 <= x < 103 else ("submit",) if 109 <= x < 313 else None
    row, column = (y - 42) // 48, (x - 7) // 156
    if 0 <= row < 3 and 0 <= column < 2 and (y - 42) % 48 < 43 and (x - 7) % 156 < 150:
        return "reason", REASON_ORDER[row * 2 + column]
    return None
