"""The envelope every message travels in."""

from enum import StrEnum

import msgspec

from contract.moment import Moment

VERSION = 1
MAX_MESSAGE = 65_536
"""Bytes of the longest message a receiver looks at."""


class ClockQuality(StrEnum):
    """How far the sender's wall clock may be trusted."""

    NTP = "ntp"
    RTC = "rtc"
    NONE = "none"


class Envelope(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who says what and when: `inc` + `seq` on facts, `key` + `service` on requests, `corr` + `deadline` on commands.

    `inc` is random at the creation of an outbox and `seq` counts within it, so a swapped board, a wiped disk or a
    restored image is a new incarnation and never a silent duplicate. `low`, on the first fact after a break in
    sending, is the oldest number the sender still holds: a receiver that lost its store learns what it cannot get.
    `corr` on a reply or result repeats the request's key or the command's id.
    """

    v: int
    id: str
    dev: str
    boot: str
    ts: Moment
    type: str
    body: msgspec.Raw
    clk: ClockQuality = ClockQuality.NTP
    inc: str | None = None
    seq: int | None = None
    low: int | None = None
    key: str | None = None
    service: str | None = None
    corr: str | None = None
    deadline: Moment | None = None
