"""Images, bundles and UF2 files, before any board is touched."""

import hashlib
import io
import re
import zlib
from pathlib import Path

import pytest

from firmware.flasher.app import flash
from firmware.flasher.core import bundle
from firmware.flasher.errors import BundleError, DamagedError, ImageError
from firmware.flasher.wire import uf2

RP2040 = uf2.FAMILIES["rp2040"]


def esp_image(chip: int = 0) -> bytes:
    return bytes.fromhex("e9030220") + bytes(8) + chip.to_bytes(2, "little") + bytes(1000)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def read(folder: Path, data: bytes, chip: str, sha256: str) -> None:
    (folder / "image").write_bytes(data)
    flash.read(folder / "image", chip, sha256)


def test_an_image_with_the_hash_it_was_named_with_is_taken(tmp_path: Path) -> None:
    read(tmp_path, esp_image(), "esp32", sha(esp_image()).upper())
    read(tmp_path, esp_image(9), "esp32s3", sha(esp_image(9)))


@pytest.mark.parametrize(
    ("data", "chip", "says"),
    [
        (esp_image(9), "esp32", "for esp32s3"),
        (esp_image(77), "esp32", "for chip 77"),
        (b"\x7fELF" + bytes(100), "esp32", "not an image of an ESP chip"),
        (b"\xe9", "esp32", "not an image of an ESP chip"),
        (esp_image(), "rp2040", "cut off"),
        (uf2.pack(bytes(600), 0x10000000, 0xE48BFF59), "rp2040", "chip family 0xe48bff59"),
    ],
)
def test_an_image_for_something_else_is_refused(tmp_path: Path, data: bytes, chip: str, says: str) -> None:
    with pytest.raises(ImageError, match=says):
        read(tmp_path, data, chip, sha(data))


def test_an_image_with_another_hash_is_refused_whatever_it_is(tmp_path: Path) -> None:
    with pytest.raises(ImageError, match="nothing was written"):
        read(tmp_path, esp_image(), "esp32", "0" * 64)


def test_a_uf2_block_is_laid_out_as_its_specification_says() -> None:
    block = uf2.encode(uf2.Block(0x10000000, b"\x01" * 256, 0, 1, RP2040))

    assert block[:32].hex() == (
        "5546320a" "57515d9e" "00200000" "00000010" "00010000" "00000000" "01000000" "56ff8be4"
    )  # fmt: skip
    assert block[32:288] == b"\x01" * 256
    assert block[-4:].hex() == "306fb10a"
    assert uf2.decode(block).payload == b"\x01" * 256


def test_a_uf2_file_with_a_block_missing_doubled_or_cut_is_refused() -> None:
    whole = uf2.pack(bytes(1000), 0x10000000, RP2040)
    assert uf2.check(whole, RP2040) == 4
    for broken in (whole[512:], whole[:512] + whole, whole[:-1], b"", whole[:-512], b"\0" * 512):
        with pytest.raises(ImageError):
            uf2.check(broken, RP2040)


def test_a_bundle_unpacks_on_a_heap_of_a_boards_size() -> None:
    files = {"/main.py": b"print(1)\n", "/a/h24/x.mpy": bytes(range(256)) * 40}
    packed = bundle.pack(files)
    source = io.BytesIO(zlib.decompressobj(wbits=bundle.WINDOW_BITS).decompress(packed))

    for name, data in files.items():
        assert source.readline() == f"{name} {len(data)}\n".encode()
        assert source.read(len(data)) == data


@pytest.mark.parametrize("name", ["main.py", "/../etc", "/a\n", "/" + "a" * 200, "/评价"])
def test_a_name_a_board_cannot_take_is_refused(name: str) -> None:
    with pytest.raises(BundleError):
        bundle.pack({name: b""})


def test_a_file_that_came_back_otherwise_or_not_at_all_is_found() -> None:
    files = {"/one": b"1", "/two": b"2"}
    said = "".join(f"{sha(data)} {name}\r\n" for name, data in files.items()) + bundle.DONE + "\r\n"
    bundle.verify(files, said, "port")
    for broken in (said.replace(sha(b"1"), sha(b"3")), said.split("\n", 1)[1], said.replace(bundle.DONE, "")):
        with pytest.raises(DamagedError, match="port"):
            bundle.verify(files, broken, "port")


def test_the_program_that_unpacks_is_python() -> None:
    compile(bundle.UNPACK, "unpack.py", "exec")
    assert re.search(r"rename\(name \+ \"\.new\", name\)", bundle.UNPACK)
