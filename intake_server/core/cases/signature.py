"""Whether a signature belongs to an application: the hash it was given for against what was handed in.

A signature is a PNG that carries its strokes and the SHA-256 of the document it was given for (text chunks of PNG,
ISO/IEC 15948); the document is the application as its kiosk spelled it, without way of delivery and signature.
"""

import hashlib
import json
import struct
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contract import codec
from contract.case_facts import ApplicationSubmitted
from contract.case_requests import SubmitApplication

MAGIC = b"\x89PNG\r\n\x1a\n"
DOCUMENT_KEY, STROKES_KEY = b"hall24-document-sha256", b"hall24-strokes"
MOST_TEXT = 4_000_000
"""Bytes of strokes unpacked at most."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a signature says of itself and of an application; `lines` are its strokes, in pixels of a pad of `size`."""

    expected: str
    document: str
    strokes_document: str
    is_whole: bool
    size: tuple[int, int] = (1, 1)
    lines: tuple[tuple[tuple[float, float], ...], ...] = ()

    @property
    def is_bound(self) -> bool:
        """Whether picture and strokes were both given for exactly this application, and the bytes are the kept ones."""
        return self.is_whole and self.expected == self.document == self.strokes_document


def signed_digest(application: ApplicationSubmitted) -> str:
    """Return the SHA-256 of the document an application's signature must have been given for; ValueError if erased."""
    if application.applicant is None:
        raise ValueError("the application's personal fields are erased")
    document = SubmitApplication(
        applicant=application.applicant, channel=application.channel,
        items=() if application.topic else tuple(part.item for part in application.parts), topic=application.topic,
        situation=application.situation, answers=application.answers, materials=application.materials,
        promises=application.promises, defers=application.defers, consents=application.consents,
    )  # fmt: skip
    return hashlib.sha256(codec.encode_body(document)).hexdigest()


def check(application: ApplicationSubmitted, png: bytes) -> Checked:
    """Return what a signature's bytes prove; whatever is damaged in them proves nothing."""
    expected, is_whole = signed_digest(application), hashlib.sha256(png).hexdigest() == application.signature
    texts = dict(_texts(png))
    document = texts.get(DOCUMENT_KEY, b"").decode("latin-1")
    try:
        spelled: dict[str, Any] = json.loads(texts.get(STROKES_KEY, b""))
        width, height = (int(side) for side in spelled["size"])
        lines = tuple(tuple((point[1] / 10, point[2] / 10) for point in stroke) for stroke in spelled["strokes"])
        return Checked(expected, document, str(spelled["document"]), is_whole, (width, height), lines)
    except (ValueError, KeyError, TypeError, IndexError):
        return Checked(expected, document, "", is_whole)


def _texts(png: bytes) -> Iterator[tuple[bytes, bytes]]:
    place = len(MAGIC)
    while png.startswith(MAGIC) and place + 12 <= len(png):
        length, kind = struct.unpack_from(">I4s", png, place)
        body = png[place + 8 : place + 8 + length]
        crc = png[place + 8 + length : place + 12 + length]
        if crc != struct.pack(">I", zlib.crc32(kind + body)):
            return
        name, _, text = body.partition(b"\0")
        if kind == b"tEXt":
            yield name, text
        elif kind == b"zTXt":
            yield name, _unpacked(text[1:])
        place += 12 + length


def _unpacked(packed: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(packed, MOST_TEXT)
    except zlib.error:
        return b""
