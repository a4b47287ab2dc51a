"""What a technician reads about the hall's devices."""

import json
import random
import zipfile
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from contract import topics
from contract.link import DeviceState, Presence
from firmware.flasher.core import health
from firmware.flasher.core.register import Entry
from firmware.flasher.drivers import port_lock, ports
from firmware.flasher.errors import BoardTakenError
from hallkit.runtime.clock import SHANGHAI
from hallkit.runtime.postmark import Postmark

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-03")


class FixedClock:
    def now(self) -> datetime:
        return NOW

    def monotonic(self) -> float:
        return 0.0

    async def sleep(self, seconds: float) -> None:
        raise NotImplementedError


def state(board: dict[str, object] | None = None, presence: Presence = Presence.ONLINE) -> bytes:
    body = DeviceState(presence=presence, boot="b", since=NOW, version="0.1.0", outbox=2)
    found = json.loads(Postmark("pad-03", FixedClock(), random.Random(1)).stamp(body))
    if board is not None:
        found["body"]["board"] = board
    return json.dumps(found).encode()


def entry(days: int) -> Entry:
    expires = NOW + timedelta(days=days)
    return Entry(device="pad-03", kind="rating-pad", board="a0", serial="1", issued=NOW, expires=expires)


def test_a_boards_memory_signal_and_last_reset_are_told() -> None:
    told = {"boots": 4, "reset": "power_on", "last_words": "", "heap_free": 17312, "rssi": -61}
    found = health.of_device(PAD, 3, state(told), entry(800), NOW)

    assert (found.presence, found.version, found.outbox, found.heap, found.signal) == ("online", "0.1.0", 2, 17312, -61)
    assert (found.boots, found.reset, found.board, found.worries) == (4, "power_on", "a0", ())


@pytest.mark.parametrize(
    ("payload", "days", "says"),
    [
        (None, 800, "power and network"),
        (state(presence=Presence.OFFLINE), 800, "power and network"),
        (state({"reset": "watchdog", "last_words": "silent link"}), 800, "watchdog: silent link"),
        (state({"heap_free": 900}), 800, "memory"),
        (state({"rssi": -90}), 800, "radio"),
        (state(), 30, "before 2026-10-14"),
        (b"{}", 800, "unreadable"),
        (state({"heap_free": "much"}), 800, "unreadable"),
    ],
)
def test_what_worries_says_what_to_do(payload: bytes | None, days: int, says: str) -> None:
    found = health.of_device(PAD, 3, payload, entry(days), NOW)

    assert any(says in one for one in found.worries), found.worries


def test_last_words_carry_nobodys_name_or_number() -> None:
    assert health.harmless("failed keys 张三 13800138000\x1b[31m at 42") == "failed keys · #·[31m at 42"


def test_a_device_without_a_certificate_has_none_to_renew() -> None:
    (found,) = health.of_hall([(PAD, 3)], {PAD.topic(topics.Channel.STATE): state()}, (), NOW)

    assert (found.expires, found.worries) == (None, ())


def test_a_ports_lasting_name_follows_the_device_behind_it(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "by-path").mkdir()
    (tmp_path / "by-path" / "usb-0:2").symlink_to(tmp_path / "ttyUSB0")

    assert ports.lasting(str(tmp_path / "ttyUSB0"), tmp_path / "by-path") == str(tmp_path / "by-path" / "usb-0:2")
    assert ports.lasting("elsewhere", tmp_path / "by-path") == "elsewhere"
    assert ports.found(tmp_path / "none") == []


def test_a_port_is_one_lock_by_whichever_name(tmp_path: Path) -> None:
    (tmp_path / "ttyUSB0").touch()
    (tmp_path / "lasting").symlink_to(tmp_path / "ttyUSB0")
    with (
        port_lock.held(str(tmp_path / "ttyUSB0"), tmp_path / "locks"),
        pytest.raises(BoardTakenError),
        port_lock.held(str(tmp_path / "lasting"), tmp_path / "locks"),
    ):
        pass
    with port_lock.held(str(tmp_path / "lasting"), tmp_path / "locks"):
        pass


def test_a_support_bundle_holds_no_secret(tmp_path: Path) -> None:
    from hall24.devices import write_support
    from hallkit.inventory.schema import DeviceEntry, Hall, HallTable

    devices = (DeviceEntry(kind="rating-pad", name="pad-03"),)
    hall = Hall(
        hall=HallTable(name="demo", title="示例", helpline="0000-12345"),
        zones=(),
        services=(),
        windows=(),
        devices=devices,
    )
    found = [health.of_device(PAD, 3, state({"last_words": "张三 000000199001010017"}), entry(800), NOW)]
    write_support(tmp_path / "support.zip", hall, found, (entry(800),))
    with zipfile.ZipFile(tmp_path / "support.zip") as bundle:
        text = "".join(bundle.read(name).decode() for name in bundle.namelist())

    assert "pad-03" in text
    for forbidden in ("张三", "199001010017", "12345", "password", "PRIVATE", "示例"):
        assert forbidden not in text
