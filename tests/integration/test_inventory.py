"""The hall's file: what it must hold, and the rights made from it."""

import random
import tomllib
from pathlib import Path

import pytest

from hall24.presets import county_hall, one_window
from hallkit.broker.acl import Acl
from hallkit.errors import ConfigError
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import ensure_secrets, users
from hallkit.runtime.config import parse


def hall(text: str = "") -> Hall:
    return parse(tomllib.loads(text or county_hall()), Hall)


def test_the_county_hall_has_26_windows_in_four_zones_and_more_than_60_devices() -> None:
    county = hall()

    assert len(county.windows) == 26
    assert [zone.id for zone in county.zones] == ["A", "H", "C", "K"]
    assert len(county.devices) > 60


def test_the_smallest_hall_is_a_whole_one() -> None:
    kinds = {device.kind for device in hall(one_window()).devices}

    assert kinds >= {"ticket-machine", "rating-pad", "call-pad", "window-display", "hall-display", "voice", "bridge"}


def test_every_fault_of_a_file_is_told_at_once_with_its_path() -> None:
    data = tomllib.loads(one_window())
    data["hall"]["titel"] = data["hall"].pop("title")
    data["broker"]["port"] = 99_999
    data["windows"][0]["number"] = "one"

    with pytest.raises(ConfigError) as wrong:
        parse(data, Hall)

    assert str(wrong.value).splitlines() == [
        "hall.titel: unknown key (did you mean title?)",
        "hall.title: missing (name on screens and slips)",
        "broker.port: 99999 is outside 1 to 65535",
        "windows[0].number: must be a whole number, not 'one'",
    ]


def test_a_device_of_a_zone_nobody_knows_is_refused() -> None:
    data = tomllib.loads(one_window())
    data["devices"][0]["zone"] = "Z"

    with pytest.raises(ConfigError, match="no zone 'Z'"):
        parse(data, Hall)


def test_a_pad_may_write_as_itself_only() -> None:
    acl = Acl(grants(hall()))

    assert acl.may_publish("pad-03", "h24/v1/demo/rating-pad/pad-03/ev")
    for topic in (
        "h24/v1/demo/rating-pad/pad-04/ev",
        "h24/v1/demo/ticket-machine/pad-03/req",
        "h24/v1/other/rating-pad/pad-03/ev",
        "h24/v1/demo/rating-pad/pad-03/ack",
        "h24/v1/demo/board/A",
    ):
        assert not acl.may_publish("pad-03", topic)


def test_a_gateway_may_speak_for_its_members_and_for_nobody_else() -> None:
    acl = Acl(grants(hall()))

    assert acl.may_publish("bridge-1", "h24/v1/demo/call-pad/caller-07/req")
    assert not acl.may_publish("bridge-1", "h24/v1/demo/window-display/display-07/st")


def test_no_right_of_a_hall_is_a_wildcard() -> None:
    given = grants(hall())

    assert not [topic for one in given for topic in one.publish + one.subscribe if "+" in topic or "#" in topic]


def test_passwords_are_made_once_and_readable_by_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "secrets.json"
    first = ensure_secrets(path, users(hall()), random.Random(1))
    again = ensure_secrets(path, users(hall()), random.Random(2))

    assert first == again
    assert path.stat().st_mode & 0o777 == 0o600
    assert "caller-07" not in first
    assert len(set(first.values())) == len(first)
