"""Which kind of device may say what: checked again by every receiver, whatever the broker let through."""

from contract import case_requests, queue_facts, queue_requests
from contract.body import Body, Fact, Request
from contract.case_facts import NoticePrinted, NoticePrintFailed
from contract.field import FactDamaged, FaultCleared, FaultRaised, SensorChanged, TicketPrinted, TicketPrintFailed
from contract.guide_desk import ComplaintFiled, HelpCalled
from contract.rating import RatingGiven, RatingReasonsGiven
from contract.release import ReleaseTried
from contract.uplink import UplinkBatch


def _of(module: object, family: type[Body]) -> frozenset[type[Body]]:
    kinds: list[type[Body]] = [kind for kind in vars(module).values() if _is(kind, family)]
    return frozenset(kinds)


def _some(*kinds: type[Body]) -> frozenset[type[Body]]:
    return frozenset(kinds)


def _is(kind: object, family: type[Body]) -> bool:
    return isinstance(kind, type) and issubclass(kind, family) and kind is not family


_HEALTH: frozenset[type[Body]] = frozenset({FaultRaised, FaultCleared, FactDamaged})
_BOARD: frozenset[type[Body]] = _HEALTH | {ReleaseTried}
_TICKETS: frozenset[type[Body]] = frozenset(
    {
        queue_requests.IssueTicket,
        queue_requests.CancelTicket,
        queue_requests.AskTicket,
        queue_requests.StepAway,
        queue_requests.ReturnTicket,
        queue_requests.BookAppointment,
        queue_requests.CancelAppointment,
        queue_requests.CheckIn,
        queue_requests.LeaseBlock,
        queue_requests.ReconcileTickets,
        queue_requests.AskQueues,
    }
)
_WINDOWS: frozenset[type[Body]] = frozenset(
    {
        queue_requests.CallNext,
        queue_requests.CallTicket,
        queue_requests.Recall,
        queue_requests.StartService,
        queue_requests.FinishService,
        queue_requests.MarkNoShow,
        queue_requests.HoldTicket,
        queue_requests.ReturnTicket,
        queue_requests.TransferTicket,
        queue_requests.CancelTicket,
        queue_requests.OpenWindow,
        queue_requests.PauseWindow,
        queue_requests.ResumeWindow,
        queue_requests.CloseWindow,
        queue_requests.AskTicket,
        queue_requests.AskQueues,
    }
)

FACTS: dict[str, frozenset[type[Body]]] = {
    "queue-engine": _of(queue_facts, Fact) | _HEALTH,
    "rating-pad": _some(RatingGiven, RatingReasonsGiven) | _BOARD,
    "window-display": _BOARD,
    "sensor": _some(SensorChanged) | _BOARD,
    "ticket-machine": _some(TicketPrinted, TicketPrintFailed) | _HEALTH,
    "kiosk": _some(NoticePrinted, NoticePrintFailed, TicketPrinted, TicketPrintFailed)
    | _some(RatingGiven, RatingReasonsGiven, HelpCalled, ComplaintFiled)
    | _HEALTH,
    "bridge": _some(SensorChanged) | _HEALTH,
    "display-controller": _HEALTH,
    "voice": _HEALTH,
    "uplink": _some(UplinkBatch),
}
"""The facts each kind of device may report."""

REQUESTS: dict[str, frozenset[type[Body]]] = {
    "ticket-machine": _TICKETS,
    "kiosk": _TICKETS | _of(case_requests, Request),
    "call-pad": _WINDOWS,
    "clerk-desk": _WINDOWS,
    "manager-desk": _of(queue_requests, Request),
    "intake": _some(queue_requests.AskTicket, queue_requests.AskQueues),
}
"""The requests each kind of device may make: of the queue, and a kiosk of the centre's cases too."""


def may_report(kind: str, fact: type[Body]) -> bool:
    """Whether a device of `kind` may report `fact`."""
    return fact in FACTS.get(kind, frozenset())


def may_ask(kind: str, request: type[Body]) -> bool:
    """Whether a device of `kind` may make `request`."""
    return request in REQUESTS.get(kind, frozenset())
