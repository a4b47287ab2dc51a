"""The document camera at the kiosk: seen live while a sheet is laid under it, else at rest; gone and back again."""

import io
import shutil
from pathlib import Path

from kiosk_rig import KIOSK, KioskRig, kiosk_night
from PIL import Image

from contract.field import FaultCleared, FaultRaised
from contract.link import Fault
from hallkit.touch.marks import Picture
from kiosk.core.session import PAD_TARGET
from kiosk.core.table import State
from kiosk.core.world import Part
from simulators.document_camera import SimulatedSheet
from simulators.id_cards import resident

ITEM, LETTERS = "food-licence", "spjy"
MATERIAL = "premises-proof"


def folder_of(rig: KioskRig) -> Path:
    camera = rig.hall.device[KIOSK].camera
    assert camera is not None
    return Path(camera.removeprefix("folder:"))


def count_glances(rig: KioskRig) -> list[float]:
    """Return the moments at which the kiosk looks through its camera, as they come."""
    camera, seen = rig.kiosk.hardware.openers.camera, []
    assert camera is not None
    original = camera.glance

    async def glance():
        seen.append(rig.clock.monotonic())
        return await original()

    camera.glance = glance
    return seen


async def to_capture(rig: KioskRig) -> None:
    citizen = rig.citizen()
    await citizen.until(State.ATTRACT)
    for action in ("start", "apply", "search", *(f"key:{letter}" for letter in LETTERS), f"pick:item:{ITEM}"):
        await citizen.tap(action)
    await citizen.until(State.GUIDE)
    await citizen.tap("next")
    await citizen.tell_the_situation()
    rig.hardware.readers[KIOSK].lay_on(resident("演示人"))
    await citizen.until(State.CONSENT)
    await citizen.tap("agree")
    await citizen.until(State.FORM)
    await citizen.fill_in()
    await citizen.tap(f"material:{MATERIAL}")
    await citizen.until(State.CAPTURE)


def shown_photos(rig: KioskRig) -> list[Picture]:
    return [mark for place in rig.kiosk.display.scene.placements for mark in place.marks if isinstance(mark, Picture)]


def test_what_lies_under_the_camera_is_seen_live_with_its_corners_and_the_camera_rests_otherwise():
    async def main(rig: KioskRig) -> None:
        glances = count_glances(rig)
        await to_capture(rig)
        assert glances, "the camera is looked through"
        await rig.clock.sleep(0.3)
        rig.kiosk.pace.paint()
        view = rig.kiosk.display.view(rig.kiosk.session, rig.kiosk.world, rig.clock.now(), None)
        assert Image.open(io.BytesIO(view.preview)).format == "JPEG"
        assert len(view.corners) == 4
        assert all(0 <= share <= 1 for corner in view.corners for share in corner)
        before = view.preview
        file = sorted(folder_of(rig).glob("*"))[0]
        SimulatedSheet(corners=((300, 110), (920, 150), (890, 1080), (240, 1030))).picture().save(file)
        await rig.clock.sleep(1.0)
        moved = rig.kiosk.display.view(rig.kiosk.session, rig.kiosk.world, rig.clock.now(), None)
        assert moved.preview != before
        assert moved.corners[0][0] < view.corners[0][0]
        assert [mark.data for mark in shown_photos(rig)] == [moved.preview]
        await rig.tap("shoot")
        await rig.clock.sleep(1)
        (page,) = rig.kiosk.session.material_of(MATERIAL).pages
        await rig.clock.sleep(0.5)
        assert page.thumbnail in [mark.data for mark in shown_photos(rig)], "the page taken is shown small"
        thumb = Image.open(io.BytesIO(page.thumbnail))
        assert abs(thumb.height / thumb.width - 297 / 210) < 0.02, "it is straightened and cropped to its sheet"
        await rig.tap("done")
        assert rig.kiosk.session.state is State.MATERIALS
        looked = len(glances)
        await rig.clock.sleep(30)
        assert len(glances) == looked, "nobody looks while nothing is laid down"
        assert PAD_TARGET not in rig.kiosk.targets()
        later = rig.kiosk.display.view(rig.kiosk.session, rig.kiosk.world, rig.clock.now(), None)
        assert (later.preview, later.corners) == (b"", ())

    kiosk_night(main)


def test_a_camera_that_is_gone_is_told_and_serves_again_by_itself(tmp_path):
    async def main(rig: KioskRig) -> None:
        folder, aside = folder_of(rig), tmp_path / "aside"
        await to_capture(rig)
        shutil.move(folder, aside)
        await rig.clock.sleep(1)
        assert rig.kiosk.world.outage(Part.CAMERA) == "unusable"
        rig.kiosk.pace.paint()
        assert "镜头用不了" in "".join(rig.kiosk.display.spoken())
        await rig.tap("back")
        assert f"later:{MATERIAL}" in rig.kiosk.targets(), "what may follow is offered for later instead"
        await rig.clock.sleep(15)
        assert rig.kiosk.world.outage(Part.CAMERA) == "unusable"
        shutil.move(aside, folder)
        await rig.clock.sleep(15)
        assert rig.kiosk.world.outage(Part.CAMERA) == ""
        await rig.tap(f"material:{MATERIAL}")
        await rig.clock.sleep(1)
        await rig.tap("shoot")
        await rig.clock.sleep(1)
        assert rig.kiosk.session.material_of(MATERIAL).pages
        await rig.clock.sleep(5)
        assert Fault.UNIT_SILENT in [one.fault for one in await rig.facts(FaultRaised)]
        assert Fault.UNIT_SILENT in [one.fault for one in await rig.facts(FaultCleared)]

    kiosk_night(main)
