"""What a signature proves: only for the application it was given for, only as it was kept."""

import hashlib
import json
import struct
import zlib
from datetime import datetime

import pytest
from msgspec.structs import replace

from contract.case_facts import ApplicationSubmitted
from contract.cases import Applicant, CaseChannel, CasePart, GivenMaterial
from contract.catalogue import MaterialWay
from intake_server.core.cases.signature import DOCUMENT_KEY, MAGIC, STROKES_KEY, check, signed_digest
from intake_server.core.ledger import SHANGHAI

APPLICATION = ApplicationSubmitted(
    case="C1", at=datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI), channel=CaseChannel.KIOSK, device="kiosk/kiosk-1",
    parts=(CasePart(item="passport", version=1),), applicant=Applicant(name="演示人", identity="000000190001010017"),
    materials=(GivenMaterial(code="photo", way=MaterialWay.PHOTO, digest="a" * 64, pages=1),),
)  # fmt: skip


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def signed(document: str, strokes_document: str | None = None) -> bytes:
    spelled = {
        "document": strokes_document or document,
        "size": [500, 200],
        "strokes": [[[0, 100, 200], [9, 300, 205]]],
    }
    return (
        MAGIC + chunk(b"tEXt", DOCUMENT_KEY + b"\0" + document.encode())
        + chunk(b"zTXt", STROKES_KEY + b"\0\0" + zlib.compress(json.dumps(spelled).encode())) + chunk(b"IEND", b"")
    )  # fmt: skip


def kept(png: bytes) -> ApplicationSubmitted:
    return replace(APPLICATION, signature=hashlib.sha256(png).hexdigest())


def test_a_signature_is_bound_to_its_own_application_and_its_strokes_are_shown():
    png = signed(signed_digest(APPLICATION))
    found = check(kept(png), png)
    assert (found.is_bound, found.size, found.lines) == (True, (500, 200), (((10.0, 20.0), (30.0, 20.5)),))


@pytest.mark.parametrize(
    "change",
    [
        {"materials": ()}, {"applicant": Applicant(name="演示人乙", identity="000000190001010017")}, {"defers": True},
        {"parts": (CasePart(item="shop-sign", version=1),)}, {"promises": ("photo",)}, {"topic": "wedding"},
    ],
)  # fmt: skip
def test_one_changed_word_of_the_application_breaks_it(change):
    png = signed(signed_digest(APPLICATION))
    assert not check(replace(kept(png), **change), png).is_bound


def test_neither_picture_nor_strokes_of_another_document_pass():
    own, other = signed_digest(APPLICATION), "0" * 64
    for png in (signed(other), signed(own, other), signed(other, own)):
        assert not check(kept(png), png).is_bound


def test_bytes_other_than_the_kept_ones_pass_nothing():
    png = signed(signed_digest(APPLICATION))
    assert not check(APPLICATION, png).is_bound


def test_damaged_bytes_prove_nothing_and_break_nothing():
    png = signed(signed_digest(APPLICATION))
    for place in range(len(MAGIC), len(png) - 12):
        damaged = png[:place] + bytes([png[place] ^ 0x55]) + png[place + 1 :]
        assert not check(kept(damaged), damaged).is_bound
    for cut in range(len(png) - 20):
        assert not check(kept(png[:cut]), png[:cut]).is_bound


def test_an_erased_application_is_not_judged():
    with pytest.raises(ValueError, match="erased"):
        signed_digest(replace(APPLICATION, applicant=None))
