"""The contract as others read it: JSON Schema of every message and an AsyncAPI 3 document of every channel."""

import json
from pathlib import Path
from typing import Any

import msgspec

from contract import body, roles
from contract.envelope import Envelope
from contract.registry import BODIES
from contract.topics import ROOT, Channel

FOLDER = Path("docs/contract")
_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_REF = "#/components/schemas/{name}"
_FAMILIES = {
    Channel.FACTS: (body.Fact, "The device reports facts; the hall store commits and acknowledges them."),
    Channel.STATE: (body.State, "Retained: what the device is now; its offline twin is the last will."),
    Channel.REQUEST: (body.Request, "The device asks a service; repeated under one key until answered."),
    Channel.REPLY: (body.Reply, "The service's answer to a request."),
    Channel.COMMAND: (body.Command, "A service tells the device to do something before a deadline."),
    Channel.RESULT: (body.Result, "The device's answer to a command."),
}


def documents() -> dict[str, str]:
    """Return every document by file name, the same for the same contract."""
    kinds = [BODIES[name] for name in sorted(BODIES)]
    _, schemas = msgspec.json.schema_components([Envelope, *kinds], ref_template=_REF)
    return {
        "messages.schema.json": _text({"$schema": _DIALECT, "components": {"schemas": schemas}}),
        "asyncapi.json": _text(_asyncapi(schemas)),
        "roles.json": _text(_roles()),
    }  # fmt: skip


def write(root: Path) -> list[Path]:
    """Write the documents below `root`; return their paths."""
    folder = root / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in documents().items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in documents()]


def _asyncapi(schemas: dict[str, Any]) -> dict[str, Any]:
    channels = {channel.name.lower(): _channel(channel) for channel in _FAMILIES}
    channels["ack"] = _plain(f"{ROOT}/{{hall}}/{{kind}}/{{device}}/ack", ["Ack"], "Retained: how far facts are safe.")
    channels["board"] = _plain(
        f"{ROOT}/{{hall}}/board/{{zone}}", ["ZoneBoard"], "Retained: what a zone shows everybody."
    )
    operations = {
        f"receive_{name}": {"action": "receive", "channel": {"$ref": f"#/channels/{name}"}} for name in channels
    }
    messages = {
        name: {"name": name, "contentType": "application/json", "payload": {"$ref": f"#/components/schemas/{name}"}}
        for name in sorted(BODIES)
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "hall24 message contract",
            "version": "1",
            "description": "Every payload is an Envelope whose `type` names the schema of its `body`.",
        },
        "channels": channels,
        "operations": operations,
        "components": {"messages": messages, "schemas": schemas},
    }


def _channel(channel: Channel) -> dict[str, Any]:
    family, description = _FAMILIES[channel]
    names = sorted(name for name, kind in BODIES.items() if issubclass(kind, family))
    return _plain(f"{ROOT}/{{hall}}/{{kind}}/{{device}}/{channel.value}", names, description)


def _plain(address: str, names: list[str], description: str) -> dict[str, Any]:
    parameters = [part[1:-1] for part in address.split("/") if part.startswith("{")]
    return {
        "address": address,
        "description": description,
        "parameters": {name: {} for name in parameters},
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in names},
    }


def _roles() -> dict[str, Any]:
    tables = {"facts": roles.FACTS, "requests": roles.REQUESTS}
    return {
        name: {kind: sorted(one.__name__ for one in allowed) for kind, allowed in table.items()}
        for name, table in tables.items()
    }


def _text(document: dict[str, Any]) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
