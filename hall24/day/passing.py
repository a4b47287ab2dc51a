"""How often anybody was passed, counted from the ledger alone: who waits, who may call them, who is called first."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from contract import queue_facts as facts
from contract.body import Fact
from contract.queue import TicketFact


@dataclass(slots=True)
class Waiting:
    """Somebody in a line: the service they wait for, the time their place counts from, how often they were passed."""

    service: str
    since: datetime
    passed: int = 0


@dataclass(slots=True)
class Passing:
    """Follows every line by its facts; nothing the engine says about passing is read.

    A call passes whoever waits for a service of the calling window since an earlier time than the called one. The
    count starts afresh with every new place in a line.
    """

    cap: int
    most: int = 0
    _waiting: dict[str, Waiting] = field(default_factory=dict)
    _needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    _serves: dict[int, tuple[str, ...]] = field(default_factory=dict)

    def take(self, fact: Fact) -> Iterator[str]:
        """Follow one fact; yield a sentence for everybody whom it lets be passed more than `cap` times."""
        if isinstance(fact, facts.WindowOpened):
            self._serves[fact.window] = fact.services
        elif isinstance(fact, facts.TicketCalled):
            yield from self._called(fact)
        elif isinstance(fact, TicketFact):
            _MOVES.get(type(fact), _stay)(self, _key(fact), fact)

    def _called(self, fact: facts.TicketCalled) -> Iterator[str]:
        called = self._waiting.pop(_key(fact), None)
        if called is None:
            return
        services = self._serves.get(fact.window, ())
        for key, one in self._waiting.items():
            if one.service in services and one.since < called.since:
                one.passed += 1
                self.most = max(self.most, one.passed)
                if one.passed > self.cap:
                    yield f"{key} was passed {one.passed} times, at last by {_key(fact)} at window {fact.window}"

    def _issued(self, key: str, fact: Any) -> None:
        self._stand(key, fact.services, fact.since)

    def _accepted(self, key: str, fact: Any) -> None:
        self._stand(key, fact.offline.services, fact.since)

    def _finished(self, key: str, fact: Any) -> None:
        if fact.next_service is None or fact.since is None:
            self._end(key, fact)
        else:
            self._stand(key, self._needs.get(key, ())[1:], fact.since)

    def _transferred(self, key: str, fact: Any) -> None:
        rest = tuple(one for one in self._needs.get(key, ())[1:] if one != fact.to_service)
        self._stand(key, (fact.to_service, *rest), fact.since)

    def _returned(self, key: str, fact: Any) -> None:
        self._stand(key, self._needs.get(key, ()), fact.since)

    def _leave(self, key: str, fact: Any) -> None:
        self._waiting.pop(key, None)

    def _end(self, key: str, fact: Any) -> None:
        self._waiting.pop(key, None)
        self._needs.pop(key, None)

    def _stand(self, key: str, needs: tuple[str, ...], since: datetime) -> None:
        self._needs[key] = needs
        if needs:
            self._waiting[key] = Waiting(needs[0], since)


def _stay(passing: Passing, key: str, fact: Any) -> None:
    """Nothing changes in any line."""


def _key(fact: TicketFact) -> str:
    return f"{fact.business_day.isoformat()}/{fact.ticket}"


_MOVES: dict[type[TicketFact], Callable[[Passing, str, Any], None]] = {
    facts.TicketIssued: Passing._issued,
    facts.OfflineTicketAccepted: Passing._accepted,
    facts.ServiceFinished: Passing._finished,
    facts.TicketTransferred: Passing._transferred,
    facts.TicketReturned: Passing._returned,
    facts.TicketSteppedAway: Passing._leave,
    facts.TicketHeld: Passing._leave,
    facts.TicketMissed: Passing._leave,
    facts.TicketCancelled: Passing._end,
    facts.TicketExpired: Passing._end,
}
