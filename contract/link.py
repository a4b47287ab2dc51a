"""Messages about being connected: acknowledgement, presence, refusal."""

from enum import StrEnum

from msgspec import UNSET, UnsetType

from contract.body import Body, Reply, Result, State
from contract.moment import Moment


class Ack(Body, frozen=True, kw_only=True):
    """Everything of incarnation `inc` up to and including `seq` is committed; bound to `dev` again in the body."""

    dev: str
    inc: str
    seq: int


class Presence(StrEnum):
    """Whether a device answers."""

    ONLINE = "online"
    OFFLINE = "offline"


class Fault(StrEnum):
    """What is wrong with a device; screens and the console turn the code into words."""

    PAPER_OUT = "paper_out"
    PAPER_NEAR_END = "paper_near_end"
    COVER_OPEN = "cover_open"
    CUTTER_JAM = "cutter_jam"
    PRINTER_SILENT = "printer_silent"
    PRINTER_FAULT = "printer_fault"
    READER_SILENT = "reader_silent"
    PANEL_SILENT = "panel_silent"
    PANEL_REFUSES = "panel_refuses"
    LINE_CUT = "line_cut"
    PAD_SILENT = "pad_silent"
    ADDRESS_TWICE = "address_twice"
    UNIT_SILENT = "unit_silent"
    OUTBOX_FULL = "outbox_full"
    DISK_FULL = "disk_full"
    CLOCK_WRONG = "clock_wrong"
    ENGINE_AWAY = "engine_away"
    STORE_AWAY = "store_away"
    UPLINK_DOWN = "uplink_down"
    VOICE_FAILED = "voice_failed"
    QUARANTINE = "quarantine"


class DeviceState(State, frozen=True, kw_only=True):
    """What a device is now: retained, and its offline twin is the last will.

    `quarantined`: how many messages that did not validate a store holds; a device that is none does not tell it.
    """

    presence: Presence
    boot: str
    since: Moment
    version: str = ""
    faults: tuple[Fault, ...] = ()
    outbox: int = 0
    quarantined: int | UnsetType = UNSET


class Done(Reply, frozen=True, kw_only=True):
    """The request was carried out; nothing to tell."""


class CommandDone(Result, frozen=True, kw_only=True):
    """The command was carried out."""


class CommandRefused(Result, frozen=True, kw_only=True):
    """The command was not carried out, and why."""

    code: str
