"""Every walk of the night in virtual time: each card kind, a promise, five items, large print, English."""

import pytest
from kiosk_rig import KIOSK, KioskRig, kiosk_night

from contract.case_facts import NoticePrinted
from contract.cases import CaseChannel
from hall24.demo.night import link_on
from hall24.demo.walks import WALKS, chosen, day_by, promised_day
from hallkit.rules.calendar import published
from hallkit.rules.masking import mask_name
from kiosk.core.table import State


@pytest.mark.parametrize("name", WALKS)
def test_a_citizen_of_the_night_leaves_with_the_notice_of_their_own_case(name, tmp_path):
    (walk,) = chosen(name)

    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await citizen.walk(walk)
        picture = await citizen.notice(tmp_path)
        mode = rig.kiosk.session.mode
        assert (mode.elder, mode.english) == ("elder" in walk.modes, "language" in walk.modes)
        issued = rig.kiosk.session.issued
        assert issued is not None
        notice = issued.notice
        (case,) = await rig.cases()
        assert (case.number, case.application.channel) == (notice.case, CaseChannel.KIOSK)
        assert len(case.application.parts) == walk.items
        assert case.application.applicant.name == walk.applicant
        assert notice.applicant == mask_name(walk.applicant)
        assert link_on(picture).endswith(f"/p/{case.application.link}")
        assert notice.kind is walk.kind
        assert promised_day(notice) == day_by(published(), notice)
        await citizen.leave(5)
        assert rig.kiosk.session.is_fresh
        await rig.clock.sleep(5)
        assert [one.document for one in await rig.facts(NoticePrinted)] == [notice.document]
        assert citizen.seen[0] == State.ATTRACT
        assert rig.hardware.readers[KIOSK].card is None

    kiosk_night(main)
