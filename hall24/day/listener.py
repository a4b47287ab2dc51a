"""Listens to every zone as people do: each call in its zone, twice, in order; an evacuation before everything."""

import asyncio
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

from contract.board import CallOnBoard, HallMode, ZoneBoard
from hall24.day.auditor import Auditor
from hall24.day.calm import RECOVERY, Calm
from hallkit.runtime.clock import Clock
from queue_caller.core.announcer import AnnouncerRules
from queue_caller.core.phrase import Phrase, call_phrase, evacuation_phrase

AT_ONCE = 1.0
"""Seconds within which an evacuation is heard."""

HEARD_BY = 60.0
"""Seconds after a call at which all of it must have been said."""

KEPT = 200


@dataclass(slots=True)
class Expected:
    """A call that should be heard: when it was on the board, when it began to be said, and its whole sentences."""

    call: CallOnBoard
    at: float
    sentences: tuple[tuple[str, ...], ...]
    begun: float | None = None
    whole: int = 0


class Listener:
    """Knows what the boards call and hears what the zones' voices say; `voices` are program names by zone."""

    def __init__(self, voices: Mapping[str, str], calm: Calm, auditor: Auditor, clock: Clock) -> None:
        self._voices, self._calm, self._auditor, self._clock = dict(voices), calm, auditor, clock
        self._rules = AnnouncerRules()
        self._calls: dict[str, deque[Expected]] = {zone: deque(maxlen=KEPT) for zone in voices}
        self._seen: dict[str, int] = {}
        self._saying: dict[str, Expected | None] = {}
        self._emergency_since: dict[str, float] = {}
        self._emergency_until: dict[str, float] = {}
        self._evacuating: dict[str, bool] = {}
        self._evacuation = {_clauses(evacuation_phrase(one)): None for one in self._rules.languages}
        self.said = self.judged = self.evacuations = 0

    def look(self, board: ZoneBoard) -> None:
        """Take note of a board: calls that should be heard now, and whether everybody has to leave."""
        if board.zone not in self._voices:
            return
        loop, now = asyncio.get_running_loop(), self._clock.monotonic()
        if board.mode is not HallMode.EMERGENCY:
            if self._emergency_since.pop(board.zone, None) is not None:
                self._emergency_until[board.zone] = now
        elif board.zone not in self._emergency_since:
            self._emergency_since[board.zone] = now
            loop.call_later(AT_ONCE, self._is_evacuated, board.zone, now)
        for call in reversed(board.calls):
            if call.call > self._seen.get(board.zone, 0):
                self._seen[board.zone] = call.call
                expected = Expected(call, now, self._sentences(call))
                self._calls[board.zone].append(expected)
                loop.call_later(HEARD_BY, partial(self._judge, board.zone, expected))

    def begin(self, zone: str, words: tuple[str, ...]) -> None:
        """Hear a sentence begin."""
        self.said += 1
        is_evacuation = words in self._evacuation
        self._evacuating[zone] = is_evacuation
        self._saying[zone] = None
        if is_evacuation:
            self.evacuations += 1
            return
        since = self._emergency_since.get(zone)
        if since is not None and self._clock.monotonic() > since + AT_ONCE and self._is_calm(zone, AT_ONCE):
            self._blame("emergency_first", zone, f"says {''.join(words)} in an emergency")
        expected = next((one for one in reversed(self._calls[zone]) if words in one.sentences), None)
        if expected is None:
            self._blame("calls_spoken", zone, f"says {''.join(words)}, which nobody called there")
            return
        self._follows(zone, expected)
        expected.begun = expected.begun if expected.begun is not None else self._clock.monotonic()
        self._saying[zone] = expected

    def end(self, zone: str, whole: bool) -> None:
        """Hear a sentence end."""
        expected = self._saying.get(zone)
        if expected is not None:
            expected.whole += whole

    def _sentences(self, call: CallOnBoard) -> tuple[tuple[str, ...], ...]:
        return tuple(_clauses(call_phrase(call.ticket, call.window, language)) for language in self._rules.languages)

    def _follows(self, zone: str, expected: Expected) -> None:
        later = [one for one in self._calls[zone] if one.begun is not None and one.call.call > expected.call.call]
        if expected.begun is None and later:
            self._blame("calls_spoken", zone, f"calls {expected.call.ticket} after {later[-1].call.ticket}")

    def _judge(self, zone: str, expected: Expected) -> None:
        """See a minute later that a call was heard, and twice in every language if nobody else was to be called."""
        is_open = zone not in self._emergency_since and self._emergency_until.get(zone, 0.0) <= expected.at
        if not is_open or not self._is_calm(zone, HEARD_BY):
            return
        self.judged += 1
        since, until = expected.at - self._rules.fresh, expected.at + HEARD_BY
        around = [one for one in self._calls[zone] if one is not expected and since <= one.at <= until]
        if expected.begun is None:
            if len(around) < self._rules.capacity and not any(_replaces(one.call, expected.call) for one in around):
                self._blame("calls_spoken", zone, f"never calls {expected.call.ticket}")
        elif not around and expected.whole != self._rules.rounds * len(self._rules.languages):
            self._blame("calls_spoken", zone, f"calls {expected.call.ticket} in {expected.whole} sentences")

    def _is_evacuated(self, zone: str, since: float) -> None:
        if self._emergency_since.get(zone) != since or not self._is_calm(zone, AT_ONCE):
            return
        self.judged += 1
        if not self._evacuating.get(zone):
            self._blame("emergency_first", zone, "does not tell people to leave")

    def _is_calm(self, zone: str, seconds: float) -> bool:
        return self._calm.lasts(seconds + RECOVERY, "hall", self._voices[zone])

    def _blame(self, invariant: str, zone: str, what: str) -> None:
        self._auditor.blame(invariant, f"{self._clock.now():%d %H:%M:%S} {self._voices[zone]} {what}")


def _clauses(phrase: Phrase) -> tuple[str, ...]:
    return tuple(clause.text for clause in phrase.clauses)


def _replaces(newer: CallOnBoard, older: CallOnBoard) -> bool:
    return newer.call > older.call and (newer.ticket == older.ticket or newer.window == older.window)
