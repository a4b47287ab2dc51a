"""What the ledger must never say, checked as every fact is committed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from contract import queue_facts as facts
from contract.body import Fact
from contract.field import TicketPrinted
from contract.queue import TicketFact
from contract.rating import RatingGiven
from hall24.day.passing import Passing

ENDS = (facts.TicketCancelled, facts.TicketExpired)


@dataclass(slots=True)
class Auditor:
    """Follows tickets, windows and ratings; `broken` holds each broken promise once, as `invariant: sentence`.

    By ticket: `machines` has the device that gave it, `printed` the slips said to be out, `given_up` those cancelled.
    """

    cap: int
    tickets: dict[str, str] = field(default_factory=dict)
    links: dict[str, str] = field(default_factory=dict)
    ratings: dict[str, list[RatingGiven]] = field(default_factory=dict)
    events: dict[str, str] = field(default_factory=dict)
    broken: dict[str, str] = field(default_factory=dict)
    machines: dict[str, str] = field(default_factory=dict)
    printed: dict[str, int] = field(default_factory=dict)
    given_up: dict[str, None] = field(default_factory=dict)
    on_blame: Callable[[], None] = lambda: None
    passing: Passing = field(init=False)
    _at_window: dict[int, str] = field(default_factory=dict)
    _windows_of: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.passing = Passing(self.cap)

    def take(self, fact: Fact) -> None:
        """Check one committed fact against all before it."""
        for sentence in self.passing.take(fact):
            self.blame("passed_at_most", sentence)
        check = _CHECKS.get(type(fact))
        if check is not None:
            check(self, fact)
        elif isinstance(fact, TicketFact):
            self._live(fact)

    def blame(self, invariant: str, sentence: str) -> None:
        """Note a broken invariant; the first sentence is kept."""
        self.broken.setdefault(invariant, sentence)
        self.on_blame()

    def _issued(self, fact: Any) -> None:
        key = _key(fact)
        if key in self.tickets:
            self.blame("no_ticket_doubled", f"{key} is issued twice")
        self.tickets[key] = "waiting"
        self.machines[key] = fact.machine if isinstance(fact, facts.OfflineTicketAccepted) else fact.device
        self.links[fact.offline.link if isinstance(fact, facts.OfflineTicketAccepted) else fact.link] = key

    def _live(self, fact: TicketFact) -> None:
        key = _key(fact)
        if key not in self.tickets:
            self.blame("no_ticket_lost", f"{type(fact).__name__} of {key}, which nobody issued")
        elif self.tickets[key] == "ended":
            self.blame("no_ticket_doubled", f"{type(fact).__name__} of {key}, which has ended")
        if isinstance(fact, ENDS):
            self.given_up[key] = None
            self._end(key)
        elif isinstance(fact, facts.TicketMissed | facts.TicketHeld | facts.TicketReturned | facts.TicketTransferred):
            self._leave(key)

    def _scored(self, fact: Any) -> None:
        if _key(fact) not in self.tickets:
            self.blame("no_ticket_lost", f"an estimate of {_key(fact)}, which nobody issued")

    def _called(self, fact: Any) -> None:
        self._live(fact)
        key = _key(fact)
        elsewhere = self._windows_of.get(key)
        if elsewhere is not None and elsewhere != fact.window:
            self.blame("no_ticket_at_two_windows", f"{key} is called by {fact.window} while at {elsewhere}")
        other = self._at_window.get(fact.window)
        if other is not None and other != key:
            self.blame("no_ticket_lost", f"window {fact.window} calls {key} while it has {other}")
        self._at_window[fact.window], self._windows_of[key] = key, fact.window

    def _finished(self, fact: Any) -> None:
        self._live(fact)
        if fact.service_event in self.events:
            self.blame("no_service_doubled", f"{fact.service_event} is finished twice")
        self.events[fact.service_event] = _key(fact)
        self._leave(_key(fact))
        if fact.next_service is None:
            self._end(_key(fact))

    def _end(self, key: str) -> None:
        self.tickets[key] = "ended"
        self._leave(key)

    def _leave(self, key: str) -> None:
        window = self._windows_of.pop(key, None)
        if window is not None and self._at_window.get(window) == key:
            del self._at_window[window]

    def _printed(self, fact: TicketPrinted) -> None:
        key = f"{fact.business_day}/{fact.ticket}"
        self.printed[key] = self.printed.get(key, 0) + 1

    def _rated(self, fact: Any) -> None:
        known = self.ratings.setdefault(fact.service_event, [])
        known.append(fact)
        if len(known) > 1:
            self.blame("one_rating_a_visit", f"{fact.service_event} has {len(known)} ratings")


def _key(fact: TicketFact) -> str:
    return f"{fact.business_day.isoformat()}/{fact.ticket}"


_CHECKS: dict[type[Fact], Callable[[Auditor, Any], None]] = {
    facts.TicketIssued: Auditor._issued,
    facts.OfflineTicketAccepted: Auditor._issued,
    facts.TicketCalled: Auditor._called,
    facts.ServiceFinished: Auditor._finished,
    facts.EstimateScored: Auditor._scored,
    RatingGiven: Auditor._rated,
    TicketPrinted: Auditor._printed,
}
