"""Pages on the A4 printer: a notice as it is on the roll, or an item's guide to take home."""

from hallkit.devices.notice_slip import NoticePlace, notice_sheet
from hallkit.devices.print_job import Printed
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from hallkit.text.fonts import FontLibrary
from kiosk.core.a4_page import guide_pdf, notice_pdf
from kiosk.core.happening import SHEET, SlipNews
from kiosk.core.session import Choice, Session, Slip
from kiosk.core.world import Face
from kiosk.drivers.a4_printer import A4Printer

_SLIPS = {Printed.YES: Slip.PRINTED, Printed.NO: Slip.NOT_PRINTED, Printed.UNKNOWN: Slip.UNKNOWN}


class SheetDesk:
    """Prints A4 pages for one kiosk."""

    def __init__(
        self, printer: A4Printer | None, device: Device, clock: Clock, place: NoticePlace, fonts: FontLibrary,
        face: Face,
    ) -> None:  # fmt: skip
        self._printer, self._device, self._clock = printer, device, clock
        self._place, self._fonts, self._face = place, fonts, face

    async def print(self, session: Session) -> SlipNews:
        """Print the notice that was issued, else the guide that is shown, and return what became of it."""
        document = self._notice(session) if session.issued is not None else self._guide(session)
        if self._printer is None or document is None:
            return SlipNews(SHEET, Slip.NOT_PRINTED, "absent")
        outcome = await self._printer.print(self._device.postmark.new_id(), document)
        return SlipNews(SHEET, _SLIPS[outcome.printed], outcome.cause.value if outcome.cause is not None else "")

    def _notice(self, session: Session) -> bytes | None:
        if session.issued is None:
            return None
        notice = session.issued.notice
        return notice_pdf(notice_sheet(notice, self._place, self._fonts).picture(), notice.document, self._clock.now())

    def _guide(self, session: Session) -> bytes | None:
        choice = session.choice or Choice()
        if choice.guide is None:
            return None
        link = f"{self._face.public_url}/guide/{choice.code}"
        materials = choice.materials if choice.is_answered else choice.guide.materials
        return guide_pdf(choice.guide, materials, self._face.title, link, self._clock.now(), self._fonts)
