"""What travels, held against the examples of Eclipse hawkBit's published DDI description (eclipse.dev/hawkbit)."""

import json
from typing import Any

import pytest

from firmware.updates.errors import FeedbackError
from firmware.updates.wire import byte_range, ddi
from firmware.updates.wire.ddi import Artifact, Chunk, Execution, Finished, Progress

HOST = "https://management-api.host.com/TENANT_ID/controller/v1/CONTROLLER_ID"
FILES = "https://link-to-cdn.com/api/v1/TENANT_ID/download/controller/CONTROLLER_ID/softwaremodules/23/filename"
BASE = {
    "config": {"polling": {"sleep": "12:00:00"}},
    "_links": {
        "deploymentBase": {"href": f"{HOST}/deploymentBase/5?c=-2127183556"},
        "installedBase": {"href": f"{HOST}/installedBase/4"},
        "configData": {"href": f"{HOST}/configData"},
    },
}
BINARY = {
    "filename": "binary.tgz",
    "hashes": {
        "sha1": "986a1ade8b8a2f758ce951340cc5e21335cc2a00",
        "md5": "d04440e6533863247655ac5fd4345bcc",
        "sha256": "b3a04740a19e36057ccf258701922f3cd2f1a880536be53a3ca8d50f6b615975",
    },
    "size": 13,
    "_links": {"download": {"href": f"{FILES}/binary.tgz"}},
}
DEPLOYMENT = {
    "id": "8",
    "deployment": {
        "download": "forced",
        "update": "forced",
        "maintenanceWindow": "available",
        "chunks": [{"part": "jvm", "version": "1.0.75", "name": "oneapp runtime", "artifacts": [BINARY]}],
    },
}
FEEDBACK = {
    "status": {
        "execution": "closed",
        "result": {"finished": "success", "progress": {"cnt": 2, "of": 5}},
        "code": 200,
        "details": ["Some feedback"],
    },
    "timestamp": 1627997501890,
}


def test_a_poll_is_answered_as_published() -> None:
    links = {name: one["href"] for name, one in BASE["_links"].items()}
    assert ddi.base(43_200, links) == BASE


@pytest.mark.parametrize(("seconds", "text"), [(10, "00:00:10"), (300, "00:05:00"), (90_000, "23:59:59")])
def test_the_pause_between_polls_is_hours_minutes_and_seconds(seconds: int, text: str) -> None:
    assert ddi.base(seconds, {})["config"]["polling"]["sleep"] == text


def test_a_deployment_is_told_as_published() -> None:
    hashes: Any = BINARY["hashes"]
    artifact = Artifact("binary.tgz", hashes["sha256"], 13, f"{FILES}/binary.tgz", hashes["sha1"], hashes["md5"])
    assert ddi.deployment(8, (Chunk("jvm", "1.0.75", "oneapp runtime", (artifact,)),)) == DEPLOYMENT


def test_over_plain_http_the_address_has_its_own_name() -> None:
    (chunk,) = ddi.deployment(1, (Chunk("os", "1", "pad", (Artifact("a", "00", 1, "http://x/a"),)),))["deployment"][
        "chunks"
    ]
    assert chunk["artifacts"][0]["_links"] == {"download-http": {"href": "http://x/a"}}


def test_outside_its_window_a_device_may_fetch_but_not_install() -> None:
    told = ddi.deployment(1, (), may_install=False)["deployment"]
    assert (told["download"], told["update"], told["maintenanceWindow"]) == ("forced", "skip", "unavailable")


def test_a_cancellation_is_told_as_published() -> None:
    assert ddi.cancel(11) == {"id": "11", "cancelAction": {"stopId": "11"}}


def test_feedback_is_read_as_published() -> None:
    said = ddi.feedback(json.dumps(FEEDBACK).encode())
    assert (said.status.execution, said.status.result.finished) == (Execution.CLOSED, Finished.SUCCESS)
    assert said.status.result.progress == Progress(2, 5)
    assert (said.status.code, said.status.details, said.timestamp) == (200, ("Some feedback",), 1627997501890)


@pytest.mark.parametrize("name", [one.value for one in Execution])
def test_every_published_execution_is_known(name: str) -> None:
    data = {"id": "3", "status": {"execution": name, "result": {"finished": "none"}}, "time": "20140511T121314"}
    assert ddi.feedback(json.dumps(data).encode()).status.execution.value == name


@pytest.mark.parametrize("wrong", [
    b"", b"{", b"[]", b"{}", b'{"status":{}}', b'{"status":{"execution":"done","result":{"finished":"none"}}}',
    b'{"status":{"execution":"closed","result":{"finished":"maybe"}}}', b" " * (ddi.LONGEST + 1), b"\xff\xfe",
])  # fmt: skip
def test_other_feedback_is_refused(wrong: bytes) -> None:
    with pytest.raises(FeedbackError):
        ddi.feedback(wrong)


def test_what_a_device_says_of_itself_is_read_as_published() -> None:
    said = ddi.config_data(b'{"mode":"merge","data":{"VIN":"JH4TB2H26CC000000","hwRevision":"2"}}')
    assert (said.mode, said.data) == ("merge", {"VIN": "JH4TB2H26CC000000", "hwRevision": "2"})
    with pytest.raises(FeedbackError):
        ddi.config_data(b'{"mode":"add","data":{}}')


@pytest.mark.parametrize(("header", "part"), [
    ("bytes=0-4", (0, 4)), ("bytes=5-", (5, 9)), ("bytes=-3", (7, 9)), ("bytes=-30", (0, 9)), ("bytes=0-99", (0, 9)),
    ("bytes=9-9", (9, 9)), ("bytes=4-2", None), ("bytes=-", None), ("items=0-4", None), ("bytes=0-1,4-5", None),
    ("nonsense", None),
])  # fmt: skip
def test_one_range_of_bytes_is_understood_and_everything_else_gets_the_whole(
    header: str, part: tuple[int, int] | None
) -> None:
    assert byte_range.wanted(header, 10) == part


@pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-12", "bytes=-0"])
def test_a_range_beyond_the_end_is_told(header: str) -> None:
    with pytest.raises(FeedbackError, match="10 bytes"):
        byte_range.wanted(header, 10)
