"""Decisions: what each request leads to, in one table."""

from collections.abc import Callable, Mapping
from typing import Any

from contract import queue_requests as requests
from contract.body import Request
from contract.queue import RefusalCode
from queue_caller.core import (
    board,
    decide_appointments,
    decide_blocks,
    decide_calls,
    decide_tickets,
    decide_windows,
)
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.errors import Refusal
from queue_caller.core.hall import Hall

ANSWERS: Mapping[type[Request], Callable[[Hall, Any, Asked], Decision]] = {
    requests.IssueTicket: decide_tickets.issue,
    requests.AskTicket: decide_tickets.ask,
    requests.CancelTicket: decide_tickets.cancel,
    requests.StepAway: decide_tickets.step_away,
    requests.ReturnTicket: decide_tickets.return_ticket,
    requests.TransferTicket: decide_tickets.transfer,
    requests.BookAppointment: decide_appointments.book,
    requests.CancelAppointment: decide_appointments.cancel_appointment,
    requests.CheckIn: decide_appointments.check_in,
    requests.LeaseBlock: decide_blocks.lease,
    requests.ReconcileTickets: decide_blocks.reconcile,
    requests.OpenWindow: decide_windows.open_window,
    requests.PauseWindow: decide_windows.pause_window,
    requests.ResumeWindow: decide_windows.resume_window,
    requests.CloseWindow: decide_windows.close_window,
    requests.SetMode: decide_windows.set_mode,
    requests.StartBusinessDay: decide_windows.start_business_day,
    requests.CallNext: decide_calls.call_next,
    requests.CallTicket: decide_calls.call_ticket,
    requests.Recall: decide_calls.recall,
    requests.StartService: decide_calls.start,
    requests.FinishService: decide_calls.finish,
    requests.MarkNoShow: decide_calls.no_show,
    requests.HoldTicket: decide_calls.hold,
    requests.AskQueues: board.ask_queues,
}


def decide(hall: Hall, request: Request, asked: Asked) -> Decision:
    """Return what a request leads to, changing nothing; raise Refusal if it is not granted."""
    answer = ANSWERS.get(type(request))
    if answer is None:
        raise Refusal(RefusalCode.UNKNOWN_REQUEST)
    return answer(hall, request, asked)
