"""Who stands at which window: what a clerk sees before the desk and a visitor at it."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

WAITS_AT_WINDOW = 300.0
"""Seconds a person stands at a window where nothing happens before sitting down again."""


@dataclass(slots=True)
class Person:
    """Somebody at a window, with their ticket and how many seconds their matter takes."""

    ticket: str
    takes: float
    begun: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)


class Windows:
    """The places before the windows; `on_arrival` hears the number of a window somebody came to."""

    def __init__(self) -> None:
        self.standing: dict[int, list[Person]] = {}
        self.on_arrival: Callable[[int], None] = lambda window: None

    async def stand_at(self, window: int, person: Person) -> bool:
        """Stand at a window until served; False if the clerk did not begin within five minutes."""
        self.standing.setdefault(window, []).append(person)
        self.on_arrival(window)
        try:
            async with asyncio.timeout(WAITS_AT_WINDOW):
                await person.begun.wait()
            await person.over.wait()
        except TimeoutError:
            return False
        finally:
            self.standing[window].remove(person)
        return True

    def with_ticket(self, window: int, ticket: str | None) -> Person | None:
        """Return the person at a window who holds `ticket`."""
        return next((one for one in self.standing.get(window, ()) if one.ticket == ticket), None)
