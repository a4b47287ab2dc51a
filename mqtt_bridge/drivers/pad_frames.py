"""Between what master and pads mean and the frames that say it."""

from mqtt_bridge.core import field_exchange as field
from mqtt_bridge.wire import call_pad as wire
from mqtt_bridge.wire import call_pad_values as values

AGE_SECONDS = {
    values.AgeCode.FRESH: 0,
    values.AgeCode.SECONDS: 1,
    values.AgeCode.LATE: 5,
    values.AgeCode.STALE: 30,
}


def to_frame(address: int, ask: field.Ask) -> wire.Frame:
    """Return the frame that asks `ask`; raise FrameError for what the line cannot carry."""
    match ask:
        case field.Poll(taken):
            return wire.Frame(address, wire.Ask.POLL, taken)
        case field.Who(figure):
            return wire.Frame(address, wire.Ask.WHO, figure.value)
        case field.Census(salt):
            return wire.Frame(address, wire.Ask.CENSUS, salt)
        case field.ShowTicket(ticket):
            return wire.Frame(address, wire.Ask.TICKET, data=values.pack_ticket(ticket))
        case field.ShowState(waiting, lamp, beep):
            code = values.LampCode[lamp.name]
            return wire.Frame(address, wire.Ask.STATE, data=values.pack_state(waiting, code, beep=beep))
        case field.Identify(seconds):
            return wire.Frame(address, wire.Ask.IDENTIFY, data=bytes((min(max(seconds, 0), 127),)))
        case field.Select(serial):
            return wire.Frame(wire.EVERYBODY, wire.Ask.SELECT, data=values.pack_value(serial))
        case field.Assign(new):
            return wire.Frame(wire.EVERYBODY, wire.Ask.ASSIGN, data=bytes((new,)))


def answers(frame: wire.Frame, asked: wire.Frame) -> bool:
    """Say whether `frame` is an answer to `asked`, and to none before it as far as frames can tell."""
    if not isinstance(frame.kind, wire.Answer) or not isinstance(asked.kind, wire.Ask):
        return False
    if asked.kind is wire.Ask.ASSIGN and frame.address != asked.data[0]:
        return False
    if asked.address not in (frame.address, wire.EVERYBODY):
        return False
    if frame.kind in (wire.Answer.DONE, wire.Answer.REFUSED):
        return frame.number & 7 == asked.kind.code
    if frame.kind in (wire.Answer.FIGURE, wire.Answer.IDENTITY):
        return _ANSWERS[frame.kind] is asked.kind and frame.number == asked.number
    return asked.kind is wire.Ask.POLL


_ANSWERS = {wire.Answer.FIGURE: wire.Ask.WHO, wire.Answer.IDENTITY: wire.Ask.CENSUS}


def from_frame(frame: wire.Frame) -> field.Answer | None:
    """Return what an answering frame means; None for an identity, which a census reads by itself."""
    match frame.kind:
        case wire.Answer.IDLE:
            return field.Idle(frame.number)
        case wire.Answer.KEY:
            return _pressed(frame)
        case wire.Answer.FIGURE:
            return field.Told(field.Figure(frame.number), values.unpack_value(frame.data))
        case wire.Answer.DONE:
            return field.Done(key_waiting=bool(frame.number & 8))
        case wire.Answer.REFUSED:
            return field.Refused()
        case wire.Answer.RESYNC:
            return field.Resync()
    return None


def _pressed(frame: wire.Frame) -> field.Pressed:
    data = values.unpack_key(frame.data)
    if data is None:
        return field.Pressed(frame.number, field.PadKey.UNKNOWN)
    return field.Pressed(frame.number, field.PadKey[data.key.name], data.held, AGE_SECONDS[data.age])
