"""Every setting of the hall's file as one document, made from the tables the programs parse it with."""

import dataclasses
import enum
import types
import typing
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from display_controller.config import DisplayTable
from hallkit.inventory.schema import BrokerTable, DeviceEntry, HallTable, ServiceEntry, WindowEntry, ZoneEntry
from intake_server.config import IntakeConfig
from kiosk.config import KioskTable
from mqtt_bridge.config import BridgeTable
from queue_caller.app.voices import VoiceTable
from queue_caller.config import MachineTable, QueueTable

FILE = Path("docs/configuration.md")
TABLES: tuple[tuple[str, type[Any], str], ...] = (
    ("[hall]", HallTable, "The hall itself; every program reads it."),
    ("[broker]", BrokerTable, "The MQTT broker of the hall."),
    ("[[zones]]", ZoneEntry, "One for each zone; a zone has one board."),
    ("[[services]]", ServiceEntry, "One for each queue."),
    ("[[windows]]", WindowEntry, "One for each service window."),
    ("[[devices]]", DeviceEntry, "One for each machine that has a name in the hall."),
    ("[queue]", QueueTable, "Rules of the queue, read by the queue engine."),
    ("[ticket_machine]", MachineTable, "The ticket machines."),
    ("[kiosk]", KioskTable, "The kiosks."),
    ("[display]", DisplayTable, "LED and window displays."),
    ("[bridge]", BridgeTable, "Field lines and the hall store."),
    ("[voice]", VoiceTable, "Spoken calls."),
    ("[intake]", IntakeConfig, "The intake server: its ledger and its pages."),
)
_HEAD = """# Configuration

One TOML file describes a hall: [`examples/hall.toml`](../examples/hall.toml) is a whole one, with comments.
Every program takes it with `--config hall.toml`. An unknown key is an error; every fault of the file is told at once,
one a line, with its path, and the program ends with status 2. Secrets are never in this file: passwords lie in
`secrets.json` in the folder `hall.run`, readable by its owner only.

This page is written by `hall24 configuration` from the tables the programs parse the file with.
"""
_PLAIN = {str: "text", int: "whole number", float: "number", bool: "true or false", Path: "path"}


def document() -> str:
    """Return the document, the same for the same tables."""
    return "\n".join([_HEAD, *(line for title, table, about in TABLES for line in _table(title, table, about))])


def write(root: Path) -> Path:
    """Write the document below `root`; return its path."""
    (root / FILE).write_text(document(), "utf-8")
    return root / FILE


def _table(title: str, table: type[Any], about: str) -> Iterator[str]:
    hints = typing.get_type_hints(table)
    yield from (f"## `{title}`", "", about, "", "| Key | Value | Default | Meaning |", "|---|---|---|---|")
    for one in dataclasses.fields(table):
        meaning = one.metadata["description"].replace("|", "\\|")
        cells = (f"`{one.name}`", _value(hints[one.name], one.metadata), _default(one), meaning)
        yield f"| {' | '.join(cells)} |"
    yield ""


def _value(hint: Any, limits: Mapping[str, Any]) -> str:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        return _value(next(one for one in inner if one is not types.NoneType), limits)
    if origin is tuple:
        return f"list of {_value(inner[0], limits)}"
    if inner:
        return f"table of {_value(inner[1], limits)}"
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return ", ".join(f"`{one.value}`" for one in hint)
    return _PLAIN[hint] + _range(limits["low"], limits["high"])


def _range(low: float | None, high: float | None) -> str:
    if low is None and high is None:
        return ""
    return f", {low} or more" if high is None else f", {low} to {high}" if low is not None else f", up to {high}"


def _default(one: "dataclasses.Field[Any]") -> str:
    if one.default_factory is not dataclasses.MISSING:
        return _literal(one.default_factory())
    return "required" if one.default is dataclasses.MISSING else _literal(one.default)


def _literal(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return f"`[{', '.join(chr(34) + str(one) + chr(34) for one in value)}]`"
    if isinstance(value, Mapping):
        return "`{}`"
    return f"`{value}`" if isinstance(value, int | float) else f'`"{value}"`'
