"""What a clerk can do at a window, and the request each key of the desk makes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contract.board import PauseReason, WindowOnBoard, WindowState
from contract.body import Request
from contract.queue import CancelReason, ChoiceReason, HoldReason, Place
from contract.queue_requests import (
    CallNext,
    CallTicket,
    CancelTicket,
    CloseWindow,
    FinishService,
    HoldTicket,
    MarkNoShow,
    OpenWindow,
    PauseWindow,
    Recall,
    ResumeWindow,
    ReturnTicket,
    StartService,
    TransferTicket,
)
from queue_caller.core.errors import DeskError


@dataclass(frozen=True, slots=True)
class DeskAction:
    """One thing a clerk can do: its key on the keyboard, its words, and in which window states it is offered."""

    name: str
    key: str
    zh: str
    en: str
    states: tuple[WindowState, ...]
    asks: tuple[str, ...] = ()


_OPEN = (WindowState.FREE, WindowState.CALLING, WindowState.SERVING, WindowState.PAUSED)
_IN_HAND = (WindowState.CALLING, WindowState.SERVING)

ACTIONS = (
    DeskAction("open", "o", "开始接待", "Open the window", (WindowState.CLOSED,), ("staff",)),
    DeskAction("next", "n", "呼叫下一位", "Call next", (WindowState.FREE,)),
    DeskAction("start", "s", "开始办理", "Start", (WindowState.CALLING,)),
    DeskAction("recall", "r", "再叫一次", "Call again", (WindowState.CALLING,)),
    DeskAction("finish", "f", "办理完毕", "Finish", (WindowState.SERVING,)),
    DeskAction("no_show", "m", "没有来", "Did not come", (WindowState.CALLING,)),
    DeskAction("transfer", "t", "转到其他业务", "Transfer", _IN_HAND, ("service", "place")),
    DeskAction("hold", "h", "先挂起", "Put on hold", _IN_HAND, ("hold_reason",)),
    DeskAction("back", "b", "挂起的号回来了", "Return a held ticket", _OPEN, ("ticket",)),
    DeskAction("call", "c", "指定叫号", "Call one ticket", (WindowState.FREE,), ("ticket", "choice_reason")),
    DeskAction("cancel", "x", "作废号票", "Cancel a ticket", _OPEN, ("ticket",)),
    DeskAction("pause", "p", "暂停接待", "Pause", (WindowState.FREE, WindowState.SERVING), ("pause_reason",)),
    DeskAction("resume", "u", "恢复接待", "Resume", (WindowState.PAUSED,)),
    DeskAction("close", "q", "结束接待", "Close the window", (WindowState.FREE, WindowState.PAUSED)),
)
BY_NAME: Mapping[str, DeskAction] = {action.name: action for action in ACTIONS}


def offered(window: WindowOnBoard | None) -> tuple[DeskAction, ...]:
    """Return what a clerk can do now; a window the board does not name is closed."""
    state = window.state if window is not None else WindowState.CLOSED
    return tuple(action for action in ACTIONS if state in action.states)


def request(name: str, window: int, ticket_in_hand: str | None, form: Mapping[str, str]) -> Request:
    """Return what an action asks of the queue; raise DeskError naming what is missing or wrong in its form."""
    if name not in BY_NAME:
        raise DeskError(f"unknown action {name[:40]!r}")
    if name in _PLAIN:
        return _PLAIN[name](window)
    try:
        return _WITH_FORM[name](window, ticket_in_hand, form)
    except KeyError as error:
        raise DeskError(f"{name}: {error.args[0]} is missing") from error
    except ValueError as error:
        raise DeskError(f"{name}: {error}") from error


def _transfer(window: int, ticket: str | None, form: Mapping[str, str]) -> Request:
    if ticket is None:
        raise DeskError("transfer: there is no ticket in hand")
    return TransferTicket(ticket=ticket, service=form["service"], place=Place(form["place"]))


_PLAIN: Mapping[str, Callable[[int], Request]] = {
    "next": lambda window: CallNext(window=window),
    "recall": lambda window: Recall(window=window),
    "start": lambda window: StartService(window=window),
    "finish": lambda window: FinishService(window=window),
    "no_show": lambda window: MarkNoShow(window=window),
    "resume": lambda window: ResumeWindow(window=window),
    "close": lambda window: CloseWindow(window=window),
}
_WITH_FORM: Mapping[str, Callable[[int, str | None, Mapping[str, str]], Request]] = {
    "open": lambda window, _, form: OpenWindow(window=window, staff=form["staff"]),
    "transfer": _transfer,
    "hold": lambda window, _, form: HoldTicket(window=window, reason=HoldReason(form["hold_reason"])),
    "back": lambda window, _, form: ReturnTicket(ticket=form["ticket"].upper()),
    "call": lambda window, _, form: CallTicket(
        window=window, ticket=form["ticket"].upper(), reason=ChoiceReason(form["choice_reason"])
    ),
    "cancel": lambda window, _, form: CancelTicket(ticket=form["ticket"].upper(), reason=CancelReason.CLERK),
    "pause": lambda window, _, form: PauseWindow(window=window, reason=PauseReason(form["pause_reason"])),
}
