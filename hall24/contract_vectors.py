"""The contract as bytes: a sample of every message, of every channel and of every refusal, for any implementation."""

import enum
import json
import types
import typing
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

import msgspec

from contract import body, codec, topics
from contract.board import QueueState, WindowState
from contract.envelope import VERSION, Envelope
from contract.field import SensorKind
from contract.ids import token, ulid
from contract.queue import CallOrder
from contract.rating import RatingGrade
from contract.registry import BODIES
from contract.topics import Channel

FILE = Path("contract/vectors/messages.json")
NOW = datetime(2026, 9, 14, 9, 30, tzinfo=ZoneInfo("Asia/Shanghai"))
FAMILIES = (body.Fact, body.Request, body.Reply, body.Command, body.Result, body.State, body.Board)
_NAMED: dict[str, Any] = {
    "ticket": "A007", "service": "A", "prefix": "A", "zone": "A", "from_service": "A", "to_service": "H",
    "next_service": "H", "staff": "0103", "masked_name": "张*", "hall": "demo", "dev": "pad-03", "device": "ticket-1",
    "machine": "ticket-1", "subject": "ticket-1", "sensor": "door-1", "version": "0.1.0", "text": "等得太久",
    "topic": "h24/v1/demo/rating-pad/pad-03/ev", "kind": "Done", "code": "wrong_window", "known": "", "width": 360,
    "window": 3, "number": 7, "call": 12, "count": 2, "first": 21, "last": 40, "row": 4711, "seq": 18,
    "low_minutes": 5, "high_minutes": 12, "waited_seconds": 540, "calls_left": 1, "block_size": 20, "prefixe": "A",
    "skill": "A", "overflow": "H", "among": "A", "accepted": "A021", "more_service": "H",
    "oldest_passed": "A006", "digest": "ab" * 32, "signature": "cd" * 32,
}  # fmt: skip
_CHOSEN = {
    WindowState: WindowState.PAUSED, QueueState: QueueState.CLOSED, CallOrder: CallOrder.CHOSEN,
    RatingGrade: RatingGrade.GOOD, SensorKind: SensorKind.DOOR,
}  # fmt: skip
_TOKENS = ("link", "service_event", "rating", "appointment", "block", "epoch", "inc", "boot", "person", "key", "job")


def document() -> str:
    """Return the vectors, the same for the same contract."""
    whole = {
        "version": VERSION,
        "bodies": [_body(BODIES[name]) for name in sorted(BODIES)],
        "envelopes": _envelopes(),
        "refused": _refused(),
    }
    return json.dumps(whole, ensure_ascii=False, indent=1) + "\n"


def write(root: Path) -> list[Path]:
    """Write the vectors below `root`; return their path."""
    (root / FILE).write_text(document(), "utf-8")
    return [root / FILE]


def sample(kind: type[Any], *, full: bool = True) -> Any:
    """Return a message of `kind` with every field set, or with the required ones only."""
    hints = typing.get_type_hints(kind, include_extras=True)
    wanted = [one.name for one in msgspec.structs.fields(kind) if full or one.required]
    return kind(**{name: _value(name, hints[name]) for name in wanted})


def _body(kind: type[body.Body]) -> dict[str, Any]:
    required = [one.name for one in msgspec.structs.fields(kind) if one.required]
    plain = json.loads(codec.encode_body(sample(kind, full=False)))
    return {
        "type": kind.__name__,
        "family": next((one.__name__ for one in FAMILIES if issubclass(kind, one)), "Body"),
        "meaning": (kind.__doc__ or "").splitlines()[0],
        "bytes": codec.encode_body(sample(kind)).decode(),
        "least": json.dumps({name: plain[name] for name in required}, ensure_ascii=False, separators=(",", ":")),
        "required": required,
    }


def _value(name: str, hint: Any) -> Any:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin is Annotated:
        return _value(name, inner[0])
    if origin in (types.UnionType, typing.Union):
        return _value(name, next(one for one in inner if one is not types.NoneType))
    if origin is tuple:
        return (_value(name.removesuffix("s") if inner[0] is not date else name, inner[0]),)
    return _plain(name, hint)


def _plain(name: str, hint: Any) -> Any:
    if hint is msgspec.Raw:
        return msgspec.Raw(codec.encode_body(sample(BODIES["Done"])) if name == "reply" else _fact())
    if issubclass(hint, msgspec.Struct):
        return sample(hint)
    if issubclass(hint, enum.Enum):
        return _CHOSEN.get(hint, next(iter(hint)))
    makes: dict[type[Any], Any] = {
        datetime: NOW + timedelta(minutes=10 if name in ("until", "come_back_at", "reopens") else 0),
        date: NOW.date(), bool: True, bytes: b"\x89PNG", int: 1, str: token(len(name)) if name in _TOKENS else name,
    }  # fmt: skip
    named = _NAMED.get(name)
    return named if hint in (str, int) and type(named) is hint else makes[hint]


def _fact() -> bytes:
    return _sealed(sample(BODIES["RatingGiven"]), 2, dev="pad-03", inc=token(3), seq=18)


def _envelopes() -> list[dict[str, str]]:
    pad, machine = topics.address("demo", "rating-pad", "pad-03"), topics.address("demo", "ticket-machine", "ticket-1")
    deadline = NOW + timedelta(seconds=30)
    asked = {"dev": machine.name, "key": token(9), "service": "queue"}
    said: list[tuple[str, str, bytes]] = [
        ("a fact, the 18th of its outbox", pad.topic(Channel.FACTS), _fact()),
        ("what a pad is, kept by the broker", pad.topic(Channel.STATE), _of("DeviceState", 3, dev=pad.name)),
        ("a ticket is asked for", machine.topic(Channel.REQUEST), _of("IssueTicket", 4, **asked)),
        ("the ticket", machine.topic(Channel.REPLY), _of("TicketIssuedReply", 5, dev="queue-engine", corr=token(9))),
        ("a pad is told to ask for a grade", pad.topic(Channel.COMMAND),
         _of("AskRating", 6, dev="queue-engine", deadline=deadline)),
        ("it does", pad.topic(Channel.RESULT), _of("CommandDone", 7, dev=pad.name, corr=ulid(NOW, 6))),
        ("facts up to the 18th are safe", pad.topic(Channel.ACK), _of("Ack", 8, dev="hall-store")),
        ("what a zone shows everybody", topics.board("demo", "A"), _of("ZoneBoard", 10, dev="queue-engine")),
    ]  # fmt: skip
    return [{"topic": topic, "meaning": meaning, "bytes": data.decode()} for meaning, topic, data in said]


def _of(kind: str, chance: int, **fields: Any) -> bytes:
    return _sealed(sample(BODIES[kind]), chance, **fields)


def _sealed(what: body.Body, chance: int, **fields: Any) -> bytes:
    envelope = Envelope(
        v=VERSION, id=ulid(NOW, chance), boot=token(1), ts=NOW, type=type(what).__name__,
        body=msgspec.Raw(codec.encode_body(what)), **fields,
    )  # fmt: skip
    return codec.encode(envelope)


def _refused() -> list[dict[str, str]]:
    whole = json.loads(_fact())
    grade = {"rating": token(5), "service_event": token(13), "at": NOW.isoformat()}
    said: list[tuple[str, str, str]] = [
        ("nothing at all", "envelope", ""),
        ("no JSON", "envelope", "A007"),
        ("cut in the middle", "envelope", _fact().decode()[:80]),
        ("no sender", "envelope", _text({name: value for name, value in whole.items() if name != "dev"})),
        ("a number for a sender", "envelope", _text(whole | {"dev": 3})),
        ("another version of the contract", "version", _text(whole | {"v": VERSION + 1})),
        ("a type nobody knows", "type", _text(whole | {"type": "ShowText"})),
        ("no grade", "body", _text(whole | {"body": grade})),
        ("a sixth grade", "body", _text(whole | {"body": grade | {"grade": max(RatingGrade) + 1}})),
        ("a grade in words", "body", _text(whole | {"body": grade | {"grade": "good"}})),
    ]
    return [{"meaning": meaning, "fault": fault, "bytes": text} for meaning, fault, text in said]


def _text(value: dict[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
