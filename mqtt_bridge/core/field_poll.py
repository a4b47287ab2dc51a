"""Which pad is asked when: every live pad once a cycle, and at most one absent or doubtful address besides."""

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil

from mqtt_bridge.core.field_exchange import Answer, Ask, KeyPress, PadDisplay, PadEvent
from mqtt_bridge.core.field_pads import Pad
from mqtt_bridge.core.field_timing import LineTiming

SAME_TIME = 1e-9


@dataclass(frozen=True, slots=True)
class Turn:
    """Ask the pad at `address` this, not before `at` (steady seconds)."""

    at: float
    address: int
    ask: Ask


@dataclass(frozen=True, slots=True)
class _Place:
    """Where in the cycle a turn is taken; `spare` says whether the cycle's one extra turn is still free."""

    at: float
    index: int
    spare: bool


class PollSchedule:
    """The master's timetable; call `next_poll`, then exactly one of `on_reply`, `on_silence`, `on_garbled`."""

    def __init__(self, addresses: Iterable[int], timing: LineTiming | None = None, start: float = 0.0) -> None:
        self.timing = timing or LineTiming()
        ordered = sorted(set(addresses))
        self._pads = {address: Pad(address, self.timing.probe_interval, start) for address in ordered}
        self._round = tuple(self._pads.values())
        self._place = _Place(start, 0, spare=True)
        self._turn: Turn | None = None
        self._chosen = self._place

    def next_poll(self, now: float) -> Turn:
        """Return the next turn of a master that polls without pause."""
        at = max(now, self._place.at)
        chosen = self._hurried(at) or self._walk(at)
        if chosen is None:
            index = min(range(len(self._round)), key=lambda place: self._round[place].due)
            chosen = _Place(max(at, self._round[index].due), index, spare=True)
        return self._choose(chosen)

    def next_effective(self, now: float) -> Turn | None:
        """Return the first turn of the same master that can tell anything; None while no pad is restless.

        Polls of quiet pads between now and then are taken as made: each costs `timing.idle_exchange`.
        """
        if not any(pad.restless for pad in self._round):
            return None
        self._pass_idle(now)
        chosen = self._hurried(self._place.at) or self._walk_effective()
        return self._choose(chosen)

    def on_reply(self, now: float, answer: Answer) -> tuple[PadEvent, ...]:
        """Take the answer to the last turn, whose last byte came at `now`."""
        pad, ask = self._asked(now)
        return pad.answered(ask, answer, now)

    def on_silence(self, now: float) -> tuple[PadEvent, ...]:
        """Take that nothing was heard until `now`."""
        return self._asked(now)[0].silent(now)

    def on_garbled(self, now: float) -> tuple[PadEvent, ...]:
        """Take that only noise was heard until `now`."""
        return self._asked(now)[0].garbled(now)

    def on_line_lost(self) -> tuple[PadEvent, ...]:
        """Take that the master's own end of the line is gone."""
        return tuple(event for pad in self._round for event in pad.lose_line())

    def acknowledge(self, press: KeyPress) -> None:
        """Let the pad forget `press`; call it once the press is stored."""
        self._pads[press.address].acknowledge(press)

    def show(self, address: int, display: PadDisplay) -> None:
        """Have `display` shown at `address`; raise KeyError for an address not on this line."""
        self._pads[address].show(display)

    def identify(self, address: int, seconds: int) -> None:
        """Have the pad at `address` blink; raise KeyError for an address not on this line."""
        self._pads[address].identify(seconds)

    def stir(self, address: int, now: float) -> None:
        """Take that something happened at `address`; an address not on this line is ignored."""
        if address in self._pads:
            self._pads[address].stir(now)

    def pad(self, address: int) -> Pad:
        """Return what is known of the pad at `address`; raise KeyError for an address not on this line."""
        return self._pads[address]

    def _asked(self, now: float) -> tuple[Pad, Ask]:
        if self._turn is None:
            raise RuntimeError("an answer was handed to the schedule without a turn")
        turn, self._turn = self._turn, None
        index, spare = self._after(self._chosen, extra=not self._pads[turn.address].in_cycle)
        self._place = _Place(now + self.timing.gap, index, spare)
        return self._pads[turn.address], turn.ask

    def _choose(self, place: _Place) -> Turn:
        pad = self._round[place.index]
        self._chosen = place
        self._turn = Turn(place.at, pad.address, pad.ask())
        return self._turn

    def _after(self, place: _Place, *, extra: bool) -> tuple[int, bool]:
        index = (place.index + 1) % len(self._round)
        return index, index == 0 or (place.spare and not extra)

    def _hurried(self, at: float) -> _Place | None:
        for index, pad in enumerate(self._round):
            if pad.hurried:
                return _Place(at, index, self._place.spare)
        return None

    def _walk(self, at: float) -> _Place | None:
        """Return the first pad from the cursor on that has a turn at `at`."""
        index, spare = self._place.index, self._place.spare
        for _ in range(2 * len(self._round)):
            pad = self._round[index]
            if pad.in_cycle or (spare and pad.due <= at):
                return _Place(at, index, spare)
            index = (index + 1) % len(self._round)
            spare = spare or index == 0
        return None

    def _walk_effective(self) -> _Place:
        """Return the first restless pad's turn, every quiet pad before it costing one idle exchange."""
        at, index, spare = self._place.at, self._place.index, self._place.spare
        if not any(pad.in_cycle for pad in self._round):
            at = max(at, min(pad.due for pad in self._round if pad.restless))
        while True:
            pad = self._round[index]
            if pad.restless and (pad.in_cycle or (spare and pad.due <= at + SAME_TIME)):
                return _Place(at, index, spare)
            if pad.in_cycle:
                at += self.timing.idle_exchange
            index = (index + 1) % len(self._round)
            spare = spare or index == 0

    def _pass_idle(self, now: float) -> None:
        """Move the cursor past the idle polls a master without pause has made by `now`."""
        at, index, spare = self._place.at, self._place.index, self._place.spare
        live = sum(pad.in_cycle for pad in self._round)
        passed = ceil((now - at - SAME_TIME) / self.timing.idle_exchange)
        if passed <= 0:
            return
        if not live:
            self._place = _Place(now, index, spare)
            return
        left = passed % live
        spare = spare or passed >= live
        while left:
            left -= self._round[index].in_cycle
            index = (index + 1) % len(self._round)
            spare = spare or index == 0
        self._place = _Place(at + passed * self.timing.idle_exchange, index, spare)
