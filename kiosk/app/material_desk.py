"""Pages of materials in memory: captured, dropped, made one document for each material; never on a disk."""

from io import BytesIO

from PIL import Image

from contract.catalogue import MaterialWay
from hallkit.runtime.clock import Clock
from kiosk.core.camera_image import CapturedPage, scan
from kiosk.core.happening import Happened
from kiosk.core.material_pdf import material_file
from kiosk.core.session import Brought, Page, Session
from kiosk.core.table import Event
from kiosk.drivers.document_camera import Camera

THUMBNAIL = 480
"""Pixels of the longer side of the picture a screen shows."""


class MaterialDesk:
    """The materials of one session."""

    def __init__(self, camera: Camera | None, clock: Clock) -> None:
        self._camera, self._clock = camera, clock
        self._pages: dict[str, list[tuple[CapturedPage, Page]]] = {}
        self._files: dict[str, tuple[str, bytes]] = {}

    async def shoot(self, session: Session) -> Happened:
        """Take a page of the material at hand; CameraError if the camera cannot be used."""
        assert self._camera is not None, "no camera was offered"
        page = scan(await self._camera.look())
        shown = Page(thumbnail=_thumbnail(page.jpeg), sha256=page.sha256, flaws=tuple(one.value for one in page.flaws))
        self._pages.setdefault(session.material, []).append((page, shown))
        return self._bound(session.material)

    def drop(self, session: Session) -> Happened:
        """Take the page shown away."""
        pages = self._pages.get(session.material, [])
        if pages:
            pages.pop(min(session.page, len(pages) - 1))
        return self._bound(session.material)

    def documents(self) -> dict[str, bytes]:
        """Return the documents of every material by their hash."""
        return dict(self._files.values())

    async def forget(self) -> None:
        """Let go of everything that was captured, and of the camera."""
        self._pages.clear()
        self._files.clear()
        if self._camera is not None:
            await self._camera.close()

    def _bound(self, code: str) -> Happened:
        pages = self._pages.get(code, [])
        if not pages:
            self._files.pop(code, None)
            return Happened(Event.PAPER, brings=Brought(code=code))
        file = material_file([page for page, _ in pages], code, self._clock.now())
        self._files[code] = file.sha256, file.pdf
        shown = tuple(one for _, one in pages)
        return Happened(
            Event.PAPER, brings=Brought(code=code, way=MaterialWay.PHOTO, pages=shown, digest=file.sha256)
        )  # fmt: skip


def _thumbnail(jpeg: bytes) -> bytes:
    with Image.open(BytesIO(jpeg)) as image:
        image.thumbnail((THUMBNAIL, THUMBNAIL))
        out = BytesIO()
        image.save(out, "JPEG", quality=70)
        return out.getvalue()
