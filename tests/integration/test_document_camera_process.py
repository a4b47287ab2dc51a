"""Cameras and flatbeds: pictures from folders and from programs that may be missing, broken or hang."""

import shutil
import sys
from pathlib import Path

import numpy as np
import pytest

from kiosk.core.camera_image import page_of, scan
from kiosk.drivers.document_camera import Camera, FolderCamera, V4l2Camera
from kiosk.drivers.flatbed import Flatbed
from kiosk.errors import CameraError, ExtraMissingError
from simulators.document_camera import fill

CHILD = """
import struct, sys
for _ in iter(lambda: sys.stdin.buffer.read(1), b""):
    sys.stdout.buffer.write(struct.pack(">II", 4, 2) + bytes(range(24)))
    sys.stdout.buffer.flush()
"""


def child(script: str, deadline: float = 5.0) -> V4l2Camera:
    return V4l2Camera("/dev/video9", deadline=deadline, command=(sys.executable, "-c", script))


async def test_a_folder_of_pictures_is_a_camera(tmp_path: Path) -> None:
    fill(tmp_path, ("normal", "blurred"))
    camera: Camera = FolderCamera(tmp_path)
    flaws = [scan(await camera.look()).flaws for _ in range(3)]
    assert [len(one) for one in flaws] == [0, 1, 0]
    await camera.close()


async def test_a_folder_without_pictures_says_so(tmp_path: Path) -> None:
    with pytest.raises(CameraError, match="put some there"):
        await FolderCamera(tmp_path).look()
    (tmp_path / "a.png").write_bytes(b"no picture")
    with pytest.raises(CameraError, match=r"a\.png is no picture"):
        await FolderCamera(tmp_path).look()


async def test_the_cameras_process_gives_a_picture_each_time_it_is_asked() -> None:
    camera = child(CHILD)
    for _ in range(2):
        picture = await camera.look()
        assert picture.shape == (2, 4, 3)
        assert picture[1, 3].tolist() == [21, 22, 23]
        await camera.close()


@pytest.mark.parametrize(
    ("script", "error", "reason"),
    [
        ("import sys; sys.exit(3)", ExtraMissingError, "pip install"),
        ("import sys; print('no such thing', file=sys.stderr); sys.exit(4)", CameraError, "no such thing"),
        ("import sys; sys.stdin.read(1); sys.stdout.buffer.write(b'\\xff' * 8)", CameraError, "plugged in"),
        ("import sys; sys.stdin.read(1); sys.stdout.write('abc')", CameraError, "plugged in"),
    ],
)
async def test_why_a_camera_gives_no_picture_has_a_name(script: str, error: type[CameraError], reason: str) -> None:
    camera = child(script)
    with pytest.raises(error, match=reason):
        await camera.look()
    await camera.close()


async def test_a_camera_that_hangs_is_ended_and_asked_anew() -> None:
    camera = child("import time; time.sleep(60)", deadline=0.3)
    for _ in range(2):
        with pytest.raises(CameraError, match="takes no picture"):
            await camera.look()


async def test_a_machine_without_the_camera_says_what_to_do() -> None:
    camera = V4l2Camera("/dev/video99")
    with pytest.raises(CameraError, match=r"video99 cannot be used|pip install"):
        await camera.look()


async def test_sanes_own_test_device_is_scanned_into_a_page() -> None:
    if shutil.which("scanimage") is None:
        reason = "SANE IS NOT INSTALLED: no flatbed is tested (apt install sane-utils)"
        pytest.skip(reason)
    picture = await Flatbed("test", options=("--test-picture=Color pattern", "-x", "80", "-y", "100")).look()
    assert picture.dtype == np.uint8
    assert picture.shape == pytest.approx((787, 630, 3), abs=3)
    assert page_of(picture).size == (picture.shape[1], picture.shape[0])


async def test_a_flatbed_that_is_missing_fails_or_hangs_says_so(tmp_path: Path) -> None:
    def program(text: str) -> str:
        path = tmp_path / f"scan{len(list(tmp_path.iterdir()))}"
        path.write_text(f"#!/bin/sh\n{text}\n", encoding="ascii")
        path.chmod(0o755)
        return str(path)

    with pytest.raises(ExtraMissingError, match="sane-utils"):
        await Flatbed(program=str(tmp_path / "nothing")).look()
    with pytest.raises(CameraError, match="lid is open"):
        await Flatbed(program=program("echo lid is open >&2; exit 7")).look()
    with pytest.raises(CameraError, match="gave no picture"):
        await Flatbed(program=program("echo nothing")).look()
    with pytest.raises(CameraError, match="does not finish"):
        await Flatbed(program=program("exec sleep 60"), deadline=0.2).look()
