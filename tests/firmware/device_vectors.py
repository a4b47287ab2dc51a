"""Messages a device sends and hears, made by the host's own codec; run as a program, it writes them."""

import json
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import msgspec

from contract import codec
from contract.body import Body
from contract.envelope import ClockQuality, Envelope
from contract.field import FactDamaged, SensorChanged, SensorKind
from contract.link import Ack, CommandDone, CommandRefused, DeviceState, Fault, Presence
from contract.rating import AskRating, RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven, SetStaffCard

FILE = Path(__file__).parents[2] / "contract" / "vectors" / "device.json"
ZONE = timezone(timedelta(hours=8))
NOW = datetime(2026, 9, 14, 9, 30, tzinfo=ZONE)
ODD = NOW.replace(second=7, microsecond=45_000)
ID, BOOT, INC = "01M2ERJ3E00000000000000002", "00000000000000000000000001", "00000000000000000000000003"
EVENT, RATING = "0000000000000000000000000D", "00000000000000000000000006"


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _pairs(body: Body) -> list[list[Any]]:
    return [[name, value] for name, value in msgspec.to_builtins(body).items()]


def _sent(meaning: str, body: Body, **head: Any) -> dict[str, Any]:
    kind, ts = type(body).__name__, head.pop("ts", NOW)
    raw = msgspec.Raw(codec.encode_body(body))
    data = codec.encode(Envelope(v=1, id=ID, dev="pad-03", boot=BOOT, ts=ts, type=kind, body=raw, **head))
    known = {"id": ID, "dev": "pad-03", "boot": BOOT, "ts": _ms(ts), "type": kind}
    return {"meaning": meaning, "head": known | head, "body": _pairs(body), "bytes": data.decode()}


def _heard(meaning: str, body: Body, **head: Any) -> dict[str, Any]:
    kind = type(body).__name__
    raw = msgspec.Raw(codec.encode_body(body))
    envelope = Envelope(v=1, id=ID, dev="queue-engine", boot=BOOT, ts=ODD, type=kind, body=raw, **head)
    deadline = head.get("deadline")
    return {
        "meaning": meaning,
        "bytes": codec.encode(envelope).decode(),
        "type": kind,
        "ts": _ms(ODD),
        "deadline": _ms(deadline) if deadline else None,
        "body": msgspec.to_builtins(body),
    }


def build() -> dict[str, Any]:
    """Return the whole document."""
    given = RatingGiven(rating=RATING, service_event=EVENT, grade=RatingGrade.POOR, at=ODD, window=3)
    reasons = (RatingReason.WAITED_LONG, RatingReason.OTHER)
    why = RatingReasonsGiven(rating=RATING, service_event=EVENT, reasons=reasons)
    state = DeviceState(
        presence=Presence.ONLINE, boot=BOOT, since=NOW, version="0.1.0", faults=(Fault.OUTBOX_FULL,), outbox=5000
    )
    door = SensorChanged(sensor="door-1", kind=SensorKind.DOOR, active=True, at=NOW)
    soon = NOW + timedelta(seconds=10)
    ask = AskRating(service_event=EVENT, window=3, ticket="A012", staff="1003", until=NOW + timedelta(seconds=60))
    return {
        "version": 1,
        "sends": [
            _sent("a rating, the first after a break", given, ts=ODD, inc=INC, seq=18, low=17),
            _sent("a rating taken before the clock was set", given, clk=ClockQuality.NONE, inc=INC, seq=19),
            _sent("why the grade was bad", why, inc=INC, seq=20),
            _sent("a row the flash lost", FactDamaged(raw=b"", length=0), inc=INC, seq=21),
            _sent("what the pad is", state),
            _sent("a command was carried out", CommandDone(), corr=ID),
            _sent("a command was refused", CommandRefused(code="foreign_window"), corr=ID),
            _sent("a door opened", door, inc=INC, seq=22),
        ],
        "hears": [
            _heard("ask for a grade", ask, deadline=soon),
            _heard("who serves here", SetStaffCard(window=3, staff="1003", masked_name="䶮*"), deadline=soon),
            _heard("committed up to here", Ack(dev="pad-03", inc=INC, seq=18)),
        ],
        "refused": _refused(),
        "moments": [[moment.isoformat(), _ms(moment)] for moment in _moments()],
    }


def _refused() -> list[dict[str, str]]:
    return [
        {"meaning": "nothing", "fault": "envelope", "bytes": ""},
        {"meaning": "no object", "fault": "envelope", "bytes": "[1]"},
        {"meaning": "nested without end", "fault": "envelope", "bytes": "[" * 500},
        {"meaning": "half a message", "fault": "envelope", "bytes": '{"v":1,"id":"'},
        {
            "meaning": "no type",
            "fault": "body",
            "bytes": '{"v":1,"id":"x","dev":"e","boot":"b","ts":"x","body":{}}',
        },
        {"meaning": "another version", "fault": "version", "bytes": _envelope(v=2)},
        {"meaning": "a day that is none", "fault": "moment", "bytes": _envelope(ts="2026-02-30T09:30:00+08:00")},
        {"meaning": "a moment without a zone", "fault": "moment", "bytes": _envelope(ts="2026-02-03T09:30:00")},
    ]


def _envelope(**changes: Any) -> str:
    whole = {"v": 1, "id": ID, "dev": "e", "boot": BOOT, "ts": NOW.isoformat(), "type": "CommandDone", "body": {}}
    return json.dumps(whole | changes)


def _moments() -> list[datetime]:
    days = ((2026, 9, 14), (2024, 2, 29), (2000, 3, 1), (1999, 12, 31), (2099, 12, 31), (2100, 3, 1), (1970, 1, 2))
    return [datetime(*day, 23, 59, 59, 999_000, tzinfo=ZONE) for day in days] + [NOW, ODD]


def text() -> str:
    """Return the document as it stands in the file."""
    return json.dumps(build(), ensure_ascii=False, indent=1) + "\n"


if __name__ == "__main__":
    FILE.write_text(text())
