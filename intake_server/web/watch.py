"""Look-ups of the public pages, watched: too many of one address, or of one number, wait."""

from math import ceil

from fastapi import HTTPException, Request

from hallkit.runtime.clock import Clock
from intake_server.config import IntakeConfig
from intake_server.core.lookups import Allowance, Lookups, network_of

MINUTE = 60.0
WRONG_SECONDS = 600.0
"""Seconds for which a wrong code counts."""

WRONG_OF_ONE_NUMBER = 10
"""Wrong query codes for one number in that time, whoever tries them."""


class Watch:
    """Counts look-ups by number and wrong codes, for each address."""

    def __init__(self, config: IntakeConfig, clock: Clock) -> None:
        self._clock = clock
        self._numbers = Lookups(Allowance(config.lookups_a_minute, MINUTE))
        self._wrong = Lookups(Allowance(config.wrong_codes, WRONG_SECONDS))
        self._guessed = Lookups(Allowance(WRONG_OF_ONE_NUMBER, WRONG_SECONDS))

    def may(self, request: Request) -> None:
        """Raise 429 for an address that gave too many wrong codes."""
        self._refuse(self._wrong.wait(client(request), self._clock.monotonic()))

    def look_up(self, request: Request) -> None:
        """Count one look-up by number; raise 429 for one too many."""
        self.may(request)
        now, who = self._clock.monotonic(), client(request)
        self._refuse(self._numbers.wait(who, now))
        self._numbers.count(who, now)

    def guess(self, number: str) -> None:
        """Raise 429 while too many wrong codes were given for one number."""
        self._refuse(self._guessed.wait(number, self._clock.monotonic()))

    def wrong(self, request: Request, number: str = "") -> None:
        """Count a code or number that is none."""
        now = self._clock.monotonic()
        self._wrong.count(client(request), now)
        if number:
            self._guessed.count(number, now)

    def _refuse(self, wait: float) -> None:
        if wait > 0:
            raise HTTPException(429, headers={"Retry-After": str(ceil(wait))})


def client(request: Request) -> str:
    """Return what an address is counted as."""
    return network_of(request.client.host) if request.client else ""
