"""Ranges of bytes (RFC 9110 §14): a download that broke off goes on where it was."""

import re

from firmware.updates.errors import FeedbackError

_RANGE = re.compile(r"bytes=(\d*)-(\d*)")


def wanted(header: str, size: int) -> tuple[int, int] | None:
    """Return first and last byte of the one range asked for; None to send the whole; FeedbackError beyond the end.

    Several ranges, other units and nonsense are answered with the whole, as RFC 9110 permits.
    """
    found = _RANGE.fullmatch(header.strip())
    if found is None or found.group(0) == "bytes=-":
        return None
    first, last = found.groups()
    if not first:
        return _within(max(0, size - int(last)), size - 1, size) if int(last) else _beyond(size)
    if last and int(last) < int(first):
        return None
    return _within(int(first), min(int(last), size - 1) if last else size - 1, size)


def _within(first: int, last: int, size: int) -> tuple[int, int]:
    return (first, last) if first < size else _beyond(size)


def _beyond(size: int) -> tuple[int, int]:
    raise FeedbackError(f"the file has {size} bytes")
