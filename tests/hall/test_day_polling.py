"""Ten minutes of the whole hall with every poll of the field bus taken, against the polls that can tell anything."""

import json
import re
from typing import Any

import pytest

from contract.body import Fact
from contract.envelope import Envelope
from hall24.day.day import Day
from hall24.day.options import DayOptions
from hall24.day.outcome import Outcome
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.virtual_time import run_virtual

MOMENT = re.compile(r"\d{4}-\d\d-\d\dT")
NAMES = {"key", "digest", "link", "rating", "service_event", "appointment", "call"}
"""Drawn or counted as things happen: two presses within one polling cycle may come in either order."""

FORECASTS = {"estimate", "waited_seconds", "covered"}

Told = dict[str, list[Any]]


def lived(options: DayOptions) -> tuple[Outcome, Told]:
    """Return a slice of a day and what its ledger tells of every window, ticket, asker and device, in order."""
    told: Told = {}

    async def main(clock: LoopClock) -> Outcome:
        day = Day(options, clock)
        take = day.ledger._on_fact

        def hear(envelope: Envelope, fact: Fact) -> None:
            body = json.loads(bytes(envelope.body))
            if "block" not in body and body.get("kind") != "BlockReply":
                told.setdefault(subject(envelope.dev, body), []).append((envelope.type, timeless(body)))
            take(envelope, fact)

        day.ledger._on_fact = hear
        return await day.live()

    return run_virtual(main, options.start), told


def subject(device: str, body: dict[str, Any]) -> str:
    """Return whose history a fact belongs to."""
    named = next((name for name in ("window", "ticket", "device") if name in body), None)
    return f"{named} {body[named]}" if named else device


def timeless(value: Any) -> Any:
    """Return a body without its moments and what depends on their milliseconds."""
    if isinstance(value, dict):
        return {name: timeless(one) for name, one in value.items() if name not in NAMES | FORECASTS}
    if isinstance(value, list):
        return [timeless(one) for one in value]
    return "moment" if isinstance(value, str) and MOMENT.match(value) else value


def same(hours: float) -> None:
    short, brief = lived(DayOptions(7, 1_500, begins=9.0, hours=hours))
    polled, full = lived(DayOptions(7, 1_500, begins=9.0, hours=hours, every_poll=True))
    assert short.broken == polled.broken == {}
    assert short.rows == polled.rows
    assert brief == full
    assert len([one for one in full if one.startswith("window")]) == 26


@pytest.mark.timeout(300)
def test_two_minutes_of_effective_polls_are_two_minutes_of_all_polls_for_every_window_and_ticket() -> None:
    same(1 / 30)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_ten_minutes_of_effective_polls_are_ten_minutes_of_all_polls_for_every_window_and_ticket() -> None:
    same(1 / 6)
