"""Certificates, the register of boards, settings and labels."""

import json
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import zxingcpp
from cryptography import x509
from cryptography.x509.oid import NameOID

from firmware.flasher.core import board_look, label, register, settings
from firmware.flasher.core.authority import Revoked, issue, new_authority, read_authority, revocation_list
from firmware.flasher.core.board_look import Look
from firmware.flasher.core.register import Entry
from firmware.flasher.errors import AuthorityError, BoardRefusedError, PlaceError
from hallkit.inventory.schema import DeviceEntry, Hall, HallTable, ServiceEntry, WindowEntry, ZoneEntry
from hallkit.runtime.clock import SHANGHAI

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
AUTHORITY = new_authority("demo", NOW, 7)


def entry(device: str, board: str, serial: str = "1", **more: object) -> Entry:
    first = Entry(
        device=device, kind="rating-pad", board=board, serial=serial, issued=NOW, expires=NOW + timedelta(days=825)
    )
    return replace(first, **more)  # type: ignore[arg-type]


def test_a_device_is_certified_by_its_hall_and_by_no_other() -> None:
    given = issue(AUTHORITY, "demo", "pad-03", NOW, 0xABC)
    certificate = x509.load_der_x509_certificate(given.certificate)
    other = new_authority("demo", NOW, 7)

    certificate.verify_directly_issued_by(AUTHORITY.certificate)
    with pytest.raises(Exception, match=r"^$"):
        certificate.verify_directly_issued_by(other.certificate)
    (name,) = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert (name.value, given.serial, certificate.serial_number) == ("pad-03", "abc", 0xABC)
    assert given.expires > NOW + timedelta(days=800)
    assert certificate.not_valid_before_utc < NOW


def test_no_secret_shows_in_a_representation() -> None:
    given = issue(AUTHORITY, "demo", "pad-03", NOW, 1)

    assert "key" not in repr(given)
    assert "key" not in repr(AUTHORITY)


def test_an_authority_is_read_back_and_a_foreign_key_refused() -> None:
    other = new_authority("demo", NOW, 7)

    assert read_authority(AUTHORITY.pem(), AUTHORITY.key_pem()).certificate == AUTHORITY.certificate
    for pair in ((AUTHORITY.pem(), other.key_pem()), (b"?", AUTHORITY.key_pem()), (AUTHORITY.pem(), b"")):
        with pytest.raises(AuthorityError, match="restore"):
            read_authority(*pair)


def test_the_list_of_revoked_certificates_is_signed_and_names_them() -> None:
    found = x509.load_pem_x509_crl(revocation_list(AUTHORITY, [Revoked("abc", NOW)], NOW, 3))

    assert found.is_signature_valid(AUTHORITY.certificate.public_key())
    assert found.get_revoked_certificate_by_serial_number(0xABC) is not None
    assert found.get_revoked_certificate_by_serial_number(0xABD) is None


def test_a_second_board_takes_a_place_only_when_told_to() -> None:
    entries = register.enter((), entry("pad-03", "old"))

    register.check_place(entries, "pad-03", "old", swap=False)
    register.check_place(entries, "pad-03", "new", swap=True)
    with pytest.raises(PlaceError, match="--swap"):
        register.check_place(entries, "pad-03", "new", swap=False)


def test_what_a_device_and_a_board_were_before_counts_no_more() -> None:
    entries = register.enter((), entry("pad-03", "one", "1"))
    entries = register.enter(entries, entry("pad-04", "two", "2"))
    entries = register.enter(entries, entry("pad-03", "two", "3", issued=NOW + timedelta(days=1)))

    assert [one.serial for one in register.revoked(entries)] == ["1", "2"]
    assert register.standing(entries, "pad-04") is None
    assert register.decode(register.encode(entries)) == entries


def test_a_lost_boards_certificate_ends_once() -> None:
    entries = register.end(register.enter((), entry("pad-03", "one")), "pad-03", NOW)

    assert register.revoked(entries) == [Revoked("1", NOW)]
    with pytest.raises(PlaceError):
        register.end(entries, "pad-03", NOW)
    with pytest.raises(AuthorityError, match="backup"):
        register.decode(b"[{")


def hall() -> Hall:
    return Hall(
        hall=HallTable(name="demo", title="示例大厅"),
        zones=(ZoneEntry(id="A", name="综合", name_en="General"),),
        services=(ServiceEntry(id="A", zone="A", prefix="A", name="综合", name_en="General"),),
        windows=(WindowEntry(number=3, zone="A", services=("A",)),),
        devices=(
            DeviceEntry(kind="rating-pad", name="pad-03", zone="A", window=3),
            DeviceEntry(kind="voice", name="voice-1"),
        ),
    )


def test_a_boards_settings_are_its_place_in_the_halls_file() -> None:
    found = settings.of_device(hall(), "pad-03", "secret", "mqtts://broker.hall", "0.1.0")

    assert json.loads(settings.encode(found)) == {
        "hall": "demo", "kind": "rating-pad", "name": "pad-03", "password": "secret", "version": "0.1.0", "root": "",
        "broker_host": "broker.hall", "broker_port": 8883, "window": 3, "zone": "A", "strips": "/pad.strips",
        "tls": {
            "server_name": "broker.hall", "authority": "/tls/authority.der", "certificate": "/tls/device.der",
            "key": "/tls/key.der",
        },
    }  # fmt: skip


@pytest.mark.parametrize(("name", "broker"), [("voice-1", "mqtt://b"), ("pad-09", "mqtt://b"), ("pad-03", "b:1883")])
def test_a_place_that_is_none_is_refused(name: str, broker: str) -> None:
    with pytest.raises(PlaceError):
        settings.of_device(hall(), name, "", broker, "")


def test_a_board_with_another_devices_facts_is_kept_from_forgetting_them() -> None:
    look = board_look.read('\r\nhall24 board {"board": "a1", "name": "pad-02", "keeps": true}\r\n', "port")

    assert look == Look("a1", "pad-02", True)
    with pytest.raises(PlaceError, match="pad-02"):
        board_look.check(look, "pad-03", "port", forget=False)
    board_look.check(look, "pad-03", "port", forget=True)
    board_look.check(look, "pad-02", "port", forget=False)
    with pytest.raises(BoardRefusedError):
        board_look.read("MemoryError", "port")


def test_a_labels_code_is_read_off_its_paper() -> None:
    found = label.Label(
        title="示例大厅", hall="demo", kind="rating-pad", name="pad-03", board="a0b1c2", serial="2a" * 16, expires=NOW,
        window=3,
    )  # fmt: skip
    (code,) = zxingcpp.read_barcodes(label.sheet(found).picture().convert("L"))

    assert code.text == "hall24:demo/rating-pad/pad-03?board=a0b1c2&cert=2a2a2a2a2a2a2a2a"
