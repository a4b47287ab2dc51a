"""The envelope of every message: written in the contract's order, opened with every needed field checked. Pure."""

from h24 import moment
from h24.compact_json import dump, load
from h24.errors import MessageError

VERSION = 1
NTP, RTC, NONE = "ntp", "rtc", "none"
_NEEDED = (("v", int), ("id", str), ("dev", str), ("boot", str), ("ts", str), ("type", str), ("body", dict))


def write(head, body_json):
    """Return an envelope's bytes; `head` has id, dev, boot, ts (ms), type and may have clk, inc, seq, low, corr."""
    pairs = [("v", VERSION), ("id", head["id"]), ("dev", head["dev"]), ("boot", head["boot"])]
    pairs += [("ts", moment.write(head["ts"])), ("type", head["type"])]
    text = dump(tuple(pairs))[:-1] + ',"body":' + body_json
    if head.get("clk", NTP) != NTP:
        text += ',"clk":"%s"' % head["clk"]
    for name in ("inc", "seq", "low", "corr"):
        if head.get(name) is not None:
            text += ',"%s":%s' % (name, dump(head[name]))
    return (text + "}").encode()


def read(data):
    """Return an envelope as a dict with `ts` and `deadline` in ms; raise MessageError for what is none."""
    try:
        found = load(data)
    except ValueError as error:
        raise MessageError("envelope", str(error))
    if not isinstance(found, dict):
        raise MessageError("envelope", "no object")
    for name, kind in _NEEDED:
        need(found, name, kind)
    if found["v"] != VERSION:
        raise MessageError("version", str(found["v"])[:20])
    found["ts"] = moment.read(found["ts"])
    if found.get("deadline") is not None:
        found["deadline"] = moment.read(found["deadline"])
    return found


def need(found, name, kind):
    """Return a field of the right kind; raise MessageError if it is missing or another kind."""
    value = found.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise MessageError("body", "%s is missing or of another kind" % name)
    return value
