"""hawkBit's Direct Device Integration API, version 1 (Eclipse hawkBit, "DDI API"): what devices poll and answer.

A device gets `/{tenant}/controller/v1/{controllerId}`, follows its links, and posts feedback.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any, Literal, TypeVar

import msgspec

from firmware.updates.errors import FeedbackError

LONGEST = 65_536
T = TypeVar("T")


class Execution(StrEnum):
    """How far a device is with an action."""

    CLOSED = "closed"
    PROCEEDING = "proceeding"
    CANCELED = "canceled"
    SCHEDULED = "scheduled"
    REJECTED = "rejected"
    RESUMED = "resumed"
    DOWNLOADED = "downloaded"
    DOWNLOAD = "download"


class Finished(StrEnum):
    """How an action ended."""

    SUCCESS = "success"
    FAILURE = "failure"
    NONE = "none"


class Progress(msgspec.Struct, frozen=True):
    """So many of so many steps."""

    cnt: int
    of: int | None = None


class Result(msgspec.Struct, frozen=True):
    """The result so far."""

    finished: Finished
    progress: Progress | None = None


class Status(msgspec.Struct, frozen=True):
    """What a device says of an action."""

    execution: Execution
    result: Result
    code: int | None = None
    details: tuple[str, ...] = ()


class Feedback(msgspec.Struct, frozen=True):
    """A device's word on an action; `timestamp` in milliseconds by its own clock, `id` the action in older clients."""

    status: Status
    timestamp: int | None = None
    id: str | int | None = None


class ConfigData(msgspec.Struct, frozen=True):
    """What a device says of itself."""

    data: Mapping[str, str]
    mode: Literal["merge", "replace", "remove"] = "merge"


class Artifact(msgspec.Struct, frozen=True):
    """One file to fetch: hexadecimal digests, size in bytes, its address."""

    filename: str
    sha256: str
    size: int
    href: str
    sha1: str = ""
    md5: str = ""


class Chunk(msgspec.Struct, frozen=True):
    """The files of one release."""

    part: str
    version: str
    name: str
    artifacts: tuple[Artifact, ...]


def base(sleep: int, links: Mapping[str, str]) -> dict[str, Any]:
    """Return the answer to a poll: seconds until the next, at most a day, and addresses of what is to be done."""
    hours, rest = divmod(min(sleep, 86_399), 3_600)
    minutes, seconds = divmod(rest, 60)
    return {
        "config": {"polling": {"sleep": f"{hours:02}:{minutes:02}:{seconds:02}"}},
        "_links": {name: {"href": href} for name, href in links.items()},
    }


def deployment(action: int, chunks: Sequence[Chunk], *, may_install: bool = True) -> dict[str, Any]:
    """Return what an action asks for; while `may_install` is false a device may fetch and has to wait."""
    return {
        "id": str(action),
        "deployment": {
            "download": "forced",
            "update": "forced" if may_install else "skip",
            "maintenanceWindow": "available" if may_install else "unavailable",
            "chunks": [_chunk(one) for one in chunks],
        },
    }


def cancel(action: int) -> dict[str, Any]:
    """Return the order to leave an action."""
    return {"id": str(action), "cancelAction": {"stopId": str(action)}}


def feedback(data: bytes) -> Feedback:
    """Return a device's word; raise FeedbackError for anything else."""
    return _decode(data, Feedback)


def config_data(data: bytes) -> ConfigData:
    """Return what a device says of itself; raise FeedbackError for anything else."""
    return _decode(data, ConfigData)


def _decode(data: bytes, kind: type[T]) -> T:
    if len(data) > LONGEST:
        raise FeedbackError(f"{len(data)} bytes are too many")
    try:
        return msgspec.json.decode(data, type=kind)
    except msgspec.DecodeError as error:
        raise FeedbackError(str(error)) from error


def _chunk(chunk: Chunk) -> dict[str, Any]:
    artifacts = [_artifact(one) for one in chunk.artifacts]
    return {"part": chunk.part, "version": chunk.version, "name": chunk.name, "artifacts": artifacts}


def _artifact(one: Artifact) -> dict[str, Any]:
    digests = {"sha1": one.sha1, "md5": one.md5, "sha256": one.sha256}
    links = {"download-http": {"href": one.href}}
    if one.href.startswith("https:"):
        links = {"download": {"href": one.href}}
    return {
        "filename": one.filename,
        "hashes": {name: digest for name, digest in digests.items() if digest},
        "size": one.size,
        "_links": links,
    }
