"""JSON as the contract writes it: no blanks, fields in the order given; a tuple of pairs is an object. Pure."""

import json

_ESCAPES = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def dump(value):
    """Return the JSON text of strings, integers, booleans, None, lists and tuples of (name, value) pairs."""
    if value is True or value is False or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, str):
        return _text(value)
    if isinstance(value, list):
        return "[" + ",".join([dump(one) for one in value]) + "]"
    return "{" + ",".join([_text(name) + ":" + dump(one) for name, one in value]) + "}"


def _text(value):
    if '"' not in value and "\\" not in value and min(value or " ") >= " ":
        return '"' + value + '"'
    return '"' + "".join([_ESCAPES.get(one) or (one if one >= " " else "\\u%04x" % ord(one)) for one in value]) + '"'


def load(data):
    """Return what JSON bytes say; raise ValueError for anything else, whatever is wrong with it."""
    _check_shape(data)
    try:
        return json.loads(bytes(data).decode())
    except (ValueError, RuntimeError, MemoryError, UnicodeError) as error:
        raise ValueError("no JSON: %s" % type(error).__name__)


def _check_shape(data):
    """Refuse half a message, and nesting deeper than any has: MicroPython's parser takes both."""
    depth, quoted, escaped = 0, False, False
    for byte in data:
        if quoted:
            quoted, escaped = (byte != 0x22 or escaped), (byte == 0x5C and not escaped)
        elif byte == 0x22:
            quoted = True
        elif byte in b"[{":
            depth += 1
            if depth > 8:
                raise ValueError("nested too deep")
        elif byte in b"]}":
            depth -= 1
    if depth or quoted:
        raise ValueError("cut off")
