"""Between the keys and lamps of a call pad and what the queue is asked and answers."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from contract.board import PauseReason, WindowState, ZoneBoard
from contract.body import Reply, Request
from contract.queue import HoldReason, Place
from contract.queue_requests import (
    CallNext,
    CallReply,
    FinishReply,
    FinishService,
    HoldTicket,
    MarkNoShow,
    PauseWindow,
    QueueRefused,
    Recall,
    ResumeWindow,
    StartService,
    TransferTicket,
)
from mqtt_bridge.core.field_exchange import KeyPress, PadDisplay, PadKey, PadLamp

STALE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class PadWindow:
    """What the keys of one window's pad mean; empty `services` means that the whole hall's queues are its own."""

    window: int
    services: tuple[str, ...] = ()
    transfer_to: str | None = None
    transfer_place: Place = Place.BY_AGE
    hold_reason: HoldReason = HoldReason.FETCHING_MATERIAL
    pause_reason: PauseReason = PauseReason.BREAK
    held_pause_reason: PauseReason = PauseReason.MEAL


def to_request(press: KeyPress, at: PadWindow, ticket_in_hand: str | None) -> Request | None:
    """Return what the key asks of the queue, with `press.name` as its idempotency key; None where it asks nothing.

    A key kept down asks nothing more than its press did, but for PAUSE. A NEXT or RECALL that waited 30 s in a pad
    on a cut line asks nothing: it would call a citizen to a clerk who may have left.
    """
    if press.held:
        return PauseWindow(window=at.window, reason=at.held_pause_reason) if press.key is PadKey.PAUSE else None
    if press.key in (PadKey.NEXT, PadKey.RECALL) and press.age >= STALE_SECONDS:
        return None
    if press.key is PadKey.TRANSFER:
        return _transfer(at, ticket_in_hand)
    make = _REQUESTS.get(press.key)
    return make(at) if make is not None else None


def display(board: ZoneBoard, at: PadWindow, shown: PadDisplay | None = None) -> PadDisplay:
    """Return what the pad shows of its zone's board; it beeps when the first person comes to wait for a free window."""
    window = next((one for one in board.windows if one.window == at.window), None)
    waiting = sum(queue.waiting for queue in board.queues if not at.services or queue.service in at.services)
    if window is None:
        return PadDisplay(None, waiting, PadLamp.OFF)
    first = shown is not None and shown.waiting == 0 < waiting
    return PadDisplay(window.ticket, waiting, _LAMPS[window.state], first and window.state is WindowState.FREE)


def after_reply(shown: PadDisplay, reply: Reply) -> PadDisplay:
    """Return what the pad shows after the queue's answer, before the next board says the same."""
    match reply:
        case QueueRefused():
            return replace(shown, lamp=PadLamp.REFUSED, beep=True)
        case CallReply():
            lamp = PadLamp.CALLING if reply.service_event is None else PadLamp.SERVING
            return PadDisplay(reply.ticket, shown.waiting, lamp)
        case FinishReply():
            return PadDisplay(None, shown.waiting, PadLamp.FREE)
    return replace(shown, beep=False)


def refused(shown: PadDisplay) -> PadDisplay:
    """Return what the pad shows for a key that asks nothing here."""
    return replace(shown, lamp=PadLamp.REFUSED, beep=True)


def offline(shown: PadDisplay) -> PadDisplay:
    """Return what the pad shows while the queue does not answer."""
    return replace(shown, lamp=PadLamp.OFFLINE, beep=False)


def _transfer(at: PadWindow, ticket: str | None) -> Request | None:
    if ticket is None or at.transfer_to is None:
        return None
    return TransferTicket(ticket=ticket, service=at.transfer_to, place=at.transfer_place)


_REQUESTS: dict[PadKey, Callable[[PadWindow], Request]] = {
    PadKey.NEXT: lambda at: CallNext(window=at.window),
    PadKey.RECALL: lambda at: Recall(window=at.window),
    PadKey.START: lambda at: StartService(window=at.window),
    PadKey.FINISH: lambda at: FinishService(window=at.window),
    PadKey.NO_SHOW: lambda at: MarkNoShow(window=at.window),
    PadKey.PAUSE: lambda at: PauseWindow(window=at.window, reason=at.pause_reason),
    PadKey.RESUME: lambda at: ResumeWindow(window=at.window),
    PadKey.HOLD: lambda at: HoldTicket(window=at.window, reason=at.hold_reason),
}
_LAMPS = {
    WindowState.CLOSED: PadLamp.OFF,
    WindowState.FREE: PadLamp.FREE,
    WindowState.CALLING: PadLamp.CALLING,
    WindowState.SERVING: PadLamp.SERVING,
    WindowState.PAUSED: PadLamp.PAUSED,
}
