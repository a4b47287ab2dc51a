"""A clerk at a window: looks at the call pad and at who stands there, and presses the next key."""

import random
from dataclasses import dataclass, replace

from mqtt_bridge.wire.call_pad_values import KeyCode, LampCode
from simulators.chance import stream, within

MINUTE = 60_000


@dataclass(frozen=True, slots=True)
class Duty:
    """A clerk's day in milliseconds since midnight: from, until, and the pauses as (from, until, is a meal)."""

    begins: int
    ends: int
    pauses: tuple[tuple[int, int, bool], ...]

    def on(self, midnight: int) -> "Duty":
        """Return this duty on the day that begins at `midnight`."""
        pauses = tuple((midnight + begins, midnight + ends, meal) for begins, ends, meal in self.pauses)
        return Duty(midnight + self.begins, midnight + self.ends, pauses)


@dataclass(frozen=True, slots=True)
class Look:
    """What a clerk sees: the pad's lamp, ticket and waiting count, and whether its person stands at the window."""

    lamp: LampCode
    ticket: str | None
    waiting: int
    person: bool


@dataclass(frozen=True, slots=True)
class Move:
    """A key to press after `pause` milliseconds (`held`: kept down); no key means look again then, or on news."""

    pause: int
    key: KeyCode | None = None
    held: bool = False


CALL_PATIENCE = 45_000
CALLS = 3
LOOK_AGAIN = 20_000


class Clerk:
    """One clerk: `look` returns what they do next; time is milliseconds since midnight of the first day."""

    def __init__(self, seed: int, window: int) -> None:
        self.window = window
        self._chance = stream(seed, "clerk", window)
        self._calls = 0
        self._called_at = 0
        self._ticket: str | None = None
        self._lamp = LampCode.OFF

    def look(self, seen: Look, duty: Duty, now: int, served: bool) -> Move | None:
        """Return the next move, None while nothing but news changes anything; `served`: the service is over."""
        if seen.lamp is LampCode.OFFLINE:
            return Move(LOOK_AGAIN)
        if seen.lamp is LampCode.REFUSED:
            seen = replace(seen, lamp=self._lamp)
        self._lamp = seen.lamp
        if seen.lamp in (LampCode.CALLING, LampCode.SERVING):
            return self._in_hand(seen, now, served)
        self._ticket, self._calls = None, 0
        pause = next((one for one in duty.pauses if one[0] <= now < one[1]), None)
        if seen.lamp is LampCode.PAUSED:
            return Move(pause[1] - now) if pause else self._press(KeyCode.RESUME)
        if not duty.begins <= now < duty.ends:
            return None
        if seen.lamp is LampCode.OFF:
            return self._press(KeyCode.RESUME)
        if pause is not None:
            return self._press(KeyCode.PAUSE, held=pause[2])
        return self._press(KeyCode.NEXT) if seen.waiting else None

    def _in_hand(self, seen: Look, now: int, served: bool) -> Move:
        if seen.lamp is LampCode.SERVING:
            return self._press(KeyCode.FINISH) if served else Move(LOOK_AGAIN)
        if seen.ticket != self._ticket:
            self._ticket, self._calls, self._called_at = seen.ticket, 1, now
        if seen.person:
            return self._press(KeyCode.START)
        waited = now - self._called_at
        if waited < CALL_PATIENCE:
            return Move(CALL_PATIENCE - waited)
        if self._calls >= CALLS:
            return self._press(KeyCode.NO_SHOW)
        self._calls, self._called_at = self._calls + 1, now
        return self._press(KeyCode.RECALL)

    def _press(self, key: KeyCode, *, held: bool = False) -> Move:
        return Move(within(self._chance, 600, 2_500), key, held)


def duty_of(seed: int, window: int, day: int, opens: int, closes: int) -> Duty:
    """Return a clerk's day: a meal in turns around noon, two short breaks, a little early and late."""
    chance: random.Random = stream(seed, "duty", window, day)
    meal = 690 * MINUTE + (window % 3) * 30 * MINUTE + within(chance, 0, 5) * MINUTE
    breaks = [within(chance, 580, 660) * MINUTE, within(chance, 860, 960) * MINUTE]
    pauses = [(at, at + within(chance, 5, 12) * MINUTE, False) for at in breaks]
    pauses.append((meal, meal + within(chance, 25, 32) * MINUTE, True))
    begins = opens - within(chance, -2, 8) * MINUTE
    return Duty(begins, closes, tuple(sorted(pauses)))
