"""Topic names and filters (OASIS MQTT 3.1.1 section 4.7)."""

from hallkit.codecs.mqtt.errors import ProtocolError

MAX_TEXT_BYTES = 65535


def check_topic(topic: str) -> str:
    """Return `topic` if a message may be published to it; else raise ProtocolError."""
    _check_text(topic)
    if "+" in topic or "#" in topic:
        raise ProtocolError("MQTT-3.3.2-2", "a topic name holds a wildcard")
    return topic


def check_filter(wanted: str) -> str:
    """Return `wanted` if it is a topic filter; else raise ProtocolError."""
    _check_text(wanted)
    if "#" not in wanted and "+" not in wanted:
        return wanted
    levels = wanted.split("/")
    if any("#" in level for level in levels[:-1]) or ("#" in levels[-1] and levels[-1] != "#"):
        raise ProtocolError("MQTT-4.7.1-2", "'#' is not alone on the last level of a filter")
    if any("+" in level and level != "+" for level in levels):
        raise ProtocolError("MQTT-4.7.1-3", "'+' shares a level of a filter")
    return wanted


def matches(wanted: str, topic: str) -> bool:
    """Whether a subscription to filter `wanted` receives `topic`; a leading wildcard never matches `$…`."""
    return covers(wanted, topic)


def covers(granted: str, wanted: str) -> bool:
    """Whether every topic that filter `wanted` can match is also matched by filter `granted`."""
    if granted == wanted:
        return True
    have, want = granted.split("/"), wanted.split("/")
    if want[0].startswith("$") and have[0] in ("+", "#"):
        return False
    for index, level in enumerate(have):
        if level == "#":
            return True
        if index == len(want) or want[index] == "#" or level not in ("+", want[index]):
            return False
    return len(want) == len(have)


def _check_text(text: str) -> None:
    if not text:
        raise ProtocolError("MQTT-4.7.3-1", "a topic is empty")
    if "\0" in text:
        raise ProtocolError("MQTT-1.5.3-2", "a text holds U+0000")
    if len(text) * 4 > MAX_TEXT_BYTES and len(text.encode()) > MAX_TEXT_BYTES:
        raise ProtocolError("MQTT-4.7.3-3", "a topic is longer than 65535 bytes")
