"""The machine's slips: set in parts, and before their moment, they are the same slips."""

from datetime import UTC, date, datetime

import msgspec
import pytest

from hallkit.codecs.escpos import encode
from hallkit.devices.slip import Sheet
from hallkit.devices.ticket_slip import number_part
from hallkit.inventory.schema import ServiceEntry
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary
from queue_caller.app.machine_slip import Slips
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens import Face

FONTS = FontLibrary(roots=())
MOMENT = datetime(2026, 9, 14, 2, 12, 40, tzinfo=UTC)
TICKET = HeldTicket(
    ticket="A042", service="A", business_day=date(2026, 9, 14), taken_at=MOMENT, link="0123456789abcdefghjkmnpqrs",
    ahead=3, low=5, high=9,
)  # fmt: skip


def face(name: str = "综合受理") -> Face:
    service = ServiceEntry(id="A", prefix="A", name=name, name_en="General", zone="A")
    return Face(
        title="政务服务大厅", title_en="Hall", place="", number="1", helpline="12345",
        public_url="https://hall.example", demo=True, services=(service,),
    )  # fmt: skip


def test_a_slip_prepared_during_the_commit_is_the_slip_set_at_once() -> None:
    prepared, plain = Slips(face(), FONTS), Slips(face(), FONTS)
    prepared.prepare(TICKET)
    assert encode(prepared.job(TICKET).commands) == encode(plain.job(TICKET).commands)


def test_a_slip_prepared_for_one_citizen_is_never_printed_for_another() -> None:
    slips, plain = Slips(face(), FONTS), Slips(face(), FONTS)
    other = msgspec.structs.replace(TICKET, ticket="A043", link="z" * 26)
    slips.prepare(TICKET)
    assert encode(slips.job(other).commands) == encode(plain.job(other).commands)
    assert encode(slips.job(TICKET).commands) == encode(plain.job(TICKET).commands)


def test_a_reprint_is_not_what_was_prepared_for_the_first_copy() -> None:
    slips, plain = Slips(face(), FONTS), Slips(face(), FONTS)
    copy = msgspec.structs.replace(TICKET, reprint=1)
    slips.prepare(TICKET)
    assert encode(slips.job(copy).commands) == encode(plain.job(copy).commands)
    assert slips.job(copy).reprint == 1


def test_a_slip_that_cannot_be_set_is_refused_when_it_is_printed_not_while_the_ticket_is_committed() -> None:
    slips = Slips(face("综合\uf8ff受理"), FONTS)
    slips.prepare(TICKET)
    with pytest.raises(MissingGlyphError):
        slips.job(TICKET)


@pytest.mark.parametrize("number", ["M999", "A1000", "M99999", "W88888"])
def test_a_number_is_one_line_however_long_it_is(number: str) -> None:
    sheet = Sheet(FONTS)
    sheet.text(number_part(number), leading=1.0)
    assert sheet.y < 2 * number_part(number).px
