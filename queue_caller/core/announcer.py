"""What a zone's loudspeaker says next: calls in order, twice each, and evacuation before everything."""

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from enum import IntEnum
from typing import NamedTuple

from contract.board import CallOnBoard, HallMode, ZoneBoard
from queue_caller.core.numerals import UnspeakableNumberError
from queue_caller.core.phrase import Language, Phrase, call_phrase, evacuation_phrase

REMEMBERED_CALLS = 64


class Urgency(IntEnum):
    """What may interrupt what: the higher one."""

    CALL = 1
    EVACUATION = 2


class Mark(NamedTuple):
    """The last call a zone has begun to speak: its number and the time it was made."""

    call: int
    at: datetime


@dataclass(frozen=True, slots=True)
class AnnouncerRules:
    """How a hall is spoken to; volumes in percent, times in seconds."""

    languages: tuple[Language, ...] = (Language.MANDARIN, Language.ENGLISH)
    rounds: int = 2
    yao: bool = True
    fresh: float = 30.0
    capacity: int = 5
    crowd: int = 2
    volume: int = 100
    night_volume: int = 50
    night_from: time = time(22)
    night_to: time = time(6)
    speaks_unattended: bool = True
    evacuation_pause: float = 2.0


@dataclass(frozen=True, slots=True)
class Utterance:
    """One sentence to say now; `zone` and `mark` are to be kept on disk before it sounds."""

    phrase: Phrase
    volume: int
    urgency: Urgency
    zone: str = ""
    mark: Mark | None = None


@dataclass(slots=True)
class _Waiting:
    zone: str
    call: CallOnBoard
    until: datetime
    said: int = 0


@dataclass(slots=True)
class _Zone:
    mark: Mark | None
    mode: HallMode = HallMode.OPEN
    seen: dict[Mark, None] = field(default_factory=dict)


class Announcer:
    """Boards in, sentences out, one at a time: `hear` a board, say what `next` returns, tell `said`.

    A call is spoken in every language, `rounds` times over. While others wait it is spoken once in every language,
    and once in the first language alone while `crowd` wait. A ticket's newer call replaces its waiting one, and so
    does a newer call of the same window. Of more than `capacity` waiting calls the oldest is passed over.
    """

    def __init__(
        self, zones: Sequence[str], rules: AnnouncerRules | None = None, marks: Mapping[str, Mark] | None = None
    ) -> None:
        self.rules = rules or AnnouncerRules()
        self._zones = {zone: _Zone((marks or {}).get(zone)) for zone in zones}
        self._waiting: deque[_Waiting] = deque()
        self._current: _Waiting | None = None
        self._evacuations = 0
        self._quiet_until: datetime | None = None
        self.passed_over = 0

    @property
    def is_evacuating(self) -> bool:
        """Whether any zone of ours is in an emergency."""
        return any(zone.mode is HallMode.EMERGENCY for zone in self._zones.values())

    def hear(self, board: ZoneBoard, now: datetime, *, live: bool = True) -> bool:
        """Take a zone's board; return whether what sounds now must stop at once.

        A call's age is told by the board's own clock; only a board that waited for us (`live` false) is as old
        as our clock says, so a loudspeaker with a wrong clock is not a silent one.
        """
        zone = self._zones.get(board.zone)
        if zone is None:
            return False
        was_evacuating = self.is_evacuating
        zone.mode = board.mode
        stored = timedelta() if live else max(now - board.as_of, timedelta())
        for call in reversed(board.calls):
            if self._is_new(zone, call):
                self._take(call, board, now, stored)
        if board.calls:
            zone.mark = Mark(board.calls[0].call, board.calls[0].at)
        if self.is_evacuating is was_evacuating:
            return False
        self._change_alarm()
        return True

    def next(self, now: datetime) -> Utterance | None:
        """Return what to say now, or None while there is nothing; ask again at `wakes_at` or after `hear`."""
        if self.is_evacuating:
            return self._evacuation(now)
        while (call := self._chosen(now)) is not None:
            language = self.rules.languages[call.said % len(self.rules.languages)]
            try:
                phrase = call_phrase(call.call.ticket, call.call.window, language, yao=self.rules.yao)
            except UnspeakableNumberError:
                self._pass_over(call)
                self._current = None
                continue
            mark = Mark(call.call.call, call.call.at) if call.said == 0 else None
            return Utterance(phrase, self._volume(call.zone, now), Urgency.CALL, call.zone, mark)
        return None

    def said(self, utterance: Utterance, now: datetime, *, whole: bool = True) -> None:
        """Go on after `utterance` sounded; one that was stopped or failed (`whole` false) is not tried again."""
        if utterance.urgency is Urgency.EVACUATION:
            self._evacuations += 1
            if not whole or self._evacuations % len(self.rules.languages) == 0:
                self._quiet_until = now + timedelta(seconds=self.rules.evacuation_pause)
        elif self._current is not None:
            self._current.said += 1
            if not whole:
                self._pass_over(self._current)
                self._current = None

    def wakes_at(self) -> datetime | None:
        """Return when `next` has something although no board comes: the end of the pause between evacuation texts."""
        return self._quiet_until if self.is_evacuating else None

    def _is_new(self, zone: _Zone, call: CallOnBoard) -> bool:
        """Tell a call nobody took yet; numbering that starts over is known by its later time."""
        key = Mark(call.call, call.at)
        if key in zone.seen or not (zone.mark is None or call.call > zone.mark.call or call.at > zone.mark.at):
            return False
        zone.seen[key] = None
        while len(zone.seen) > REMEMBERED_CALLS:
            del zone.seen[next(iter(zone.seen))]
        return True

    def _take(self, call: CallOnBoard, board: ZoneBoard, now: datetime, stored: timedelta) -> None:
        age = max(board.as_of - call.at, timedelta()) + stored
        left = timedelta(seconds=self.rules.fresh) - age
        silent = board.mode is HallMode.UNATTENDED and not self.rules.speaks_unattended
        if left < timedelta() or silent:
            return
        for older in [one for one in self._waiting if one.call.ticket == call.ticket or one.call.window == call.window]:
            self._pass_over(older)
            self._waiting.remove(older)
        self._waiting.append(_Waiting(board.zone, call, now + left))
        while len(self._waiting) > self.rules.capacity:
            self._pass_over(self._waiting.popleft())

    def _change_alarm(self) -> None:
        self._quiet_until = None
        self._evacuations = 0
        if self._current is not None and self._current.said == 0:
            self._waiting.appendleft(self._current)
        self._current = None

    def _evacuation(self, now: datetime) -> Utterance | None:
        if self._quiet_until is not None and now < self._quiet_until:
            return None
        self._quiet_until = None
        language = self.rules.languages[self._evacuations % len(self.rules.languages)]
        return Utterance(evacuation_phrase(language), 100, Urgency.EVACUATION)

    def _chosen(self, now: datetime) -> _Waiting | None:
        if self._current is not None and self._current.said < self._sentences():
            return self._current
        self._current = None
        while self._waiting and self._current is None:
            oldest = self._waiting.popleft()
            if now <= oldest.until:
                self._current = oldest
            else:
                self._pass_over(oldest)
        return self._current

    def _sentences(self) -> int:
        if not self._waiting:
            return self.rules.rounds * len(self.rules.languages)
        return 1 if len(self._waiting) >= self.rules.crowd else len(self.rules.languages)

    def _volume(self, zone: str, now: datetime) -> int:
        start, end, at = self.rules.night_from, self.rules.night_to, now.time()
        night = start <= at < end if start <= end else at >= start or at < end
        is_quiet = night or self._zones[zone].mode is HallMode.UNATTENDED
        return min(self.rules.volume, self.rules.night_volume) if is_quiet else self.rules.volume

    def _pass_over(self, call: _Waiting) -> None:
        if call.said == 0:
            self.passed_over += 1
