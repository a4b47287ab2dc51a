"""Who waits for the guide desk: calls for help at machines, and citizens who want to be called back."""

from dataclasses import dataclass
from datetime import date, datetime

from contract.body import Fact
from contract.guide_desk import HelpCalled
from intake_server.core.desk_facts import CallBackAsked, CallHeard

KEPT = 200
"""Heard calls kept in memory; older ones stay in the ledger."""


@dataclass(slots=True)
class Call:
    """One call: at the machine `where` on its `screen`, or about a case to a telephone by a day."""

    call: str
    at: datetime
    where: str
    screen: str = ""
    case: str = ""
    phone: str = ""
    due: date | None = None
    heard: CallHeard | None = None


class GuideDesk:
    """All calls of one hall."""

    def __init__(self) -> None:
        self._calls: dict[str, Call] = {}
        self._early: dict[str, CallHeard] = {}

    def apply(self, fact: Fact, where: str) -> None:
        """Take one fact said at `where`; facts that concern no call change nothing."""
        match fact:
            case HelpCalled():
                self._take(Call(fact.help, fact.at, where, screen=fact.screen))
            case CallBackAsked():
                self._take(Call(fact.call, fact.at, where, case=fact.case, phone=fact.phone, due=fact.due))
            case CallHeard():
                self._hear(fact)

    def _take(self, call: Call) -> None:
        if call.call not in self._calls:
            call.heard = self._early.pop(call.call, None)
            self._calls[call.call] = call

    def _hear(self, fact: CallHeard) -> None:
        call = self._calls.get(fact.call)
        if call is None:
            self._early[fact.call] = fact
        elif call.heard is None:
            call.heard = fact
            heard = [one.call for one in self._calls.values() if one.heard]
            for name in heard[: max(0, len(heard) - KEPT)]:
                del self._calls[name]

    def find(self, call: str) -> Call | None:
        """Return a call, None for an unknown one."""
        return self._calls.get(call)

    def waiting(self) -> list[Call]:
        """Return who waits: those at a machine first, longest first; then call-backs by day."""
        open_ = [one for one in self._calls.values() if one.heard is None]
        return sorted(open_, key=lambda one: (one.due or date.min, one.at, one.call))

    def heard(self, most: int = 20) -> list[Call]:
        """Return what was heard, newest first."""
        done = sorted(((one.heard.at, one.call) for one in self._calls.values() if one.heard), reverse=True)
        return [self._calls[call] for _, call in done[:most]]

    def asked_for(self, case: str) -> Call | None:
        """Return the call-back about a case that is still waited for."""
        return next((one for one in self._calls.values() if one.case == case and one.heard is None), None)
