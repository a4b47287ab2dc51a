"""From a kiosk's screen to the people of the hall and back: a call for help, and a complaint followed by its number."""

import re
from datetime import datetime, timedelta

import httpx
from kiosk_rig import KioskRig, kiosk_night
from msgspec.structs import replace

from hallkit.runtime.clock import SHANGHAI
from intake_server.core.cases.signature import check
from intake_server.web.pages import build
from kiosk.core.session import Help
from simulators.id_cards import resident

ITEM = "food-licence"
LETTERS = "spjy"


def browser(rig: KioskRig) -> httpx.AsyncClient:
    """Return a browser on the centre's own machine."""
    transport = httpx.ASGITransport(app=build(rig.centre.site()), client=("127.0.0.1", 1))
    return httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1")


def test_a_call_for_help_is_on_the_guide_desk_in_two_seconds_and_the_citizen_sees_that_somebody_comes():
    async def main(rig: KioskRig) -> None:
        await rig.tap("start")
        await rig.tap("help")
        await rig.clock.sleep(1.8)
        async with browser(rig) as desk:
            waiting = (await desk.get("/guide-desk")).text
            assert "自助机 1 有人要帮忙" in waiting
            path = re.search(r'action="(/guide-desk/\w+/hear)', waiting)[1]
            taken = await desk.post(path, data={"staff": "0101"})
            assert "said=done" in taken.headers["location"]
            assert rig.kiosk.session.help is Help.HEARD
            assert "现在没有人呼叫" in (await desk.get("/guide-desk")).text
        (call,) = rig.centre.hall.guide_desk.heard()
        assert (call.heard.by, call.heard.reached) == ("0101", True)

    kiosk_night(main)


def test_the_number_a_kiosk_gives_a_complaint_leads_to_who_answers_and_to_the_answer():
    async def main(rig: KioskRig) -> None:
        for action in ("start", "complain", "category:slow"):
            await rig.tap(action)
        rig.kiosk.press("field:text")
        for key in "1234567":
            rig.kiosk.press(f"key:{key}")
        rig.kiosk.press("next")
        await rig.clock.sleep(3)
        number = rig.kiosk.session.told.number
        async with browser(rig) as page:
            mine = (await page.get("/complaints", params={"number": number})).text
            assert "正在处理" in mine
            assert "责任人 杨*" in mine
            answer = {"staff": "4001", "subject": "等候", "answer": "已加开窗口"}
            assert (await page.post(f"/complaint-desk/{number}", data=answer)).status_code == 303
            assert "已加开窗口" in (await page.get("/complaints", params={"number": number})).text

    kiosk_night(main)


def test_a_published_guide_is_on_the_kiosk_within_a_minute_and_one_for_tomorrow_when_tomorrow_begins():
    async def main(rig: KioskRig) -> None:
        cases = rig.centre.cases
        item = cases.office.catalogue.at(ITEM, rig.clock.now().date())
        await cases.publish(replace(item, version=2, effective=rig.clock.now().date()), "4001")
        await rig.clock.sleep(60)
        assert shown(rig) == 2
        tomorrow = rig.clock.now().date() + timedelta(days=1)
        await cases.publish(replace(item, version=3, effective=tomorrow), "4001")
        await rig.clock.sleep(60)
        assert shown(rig) == 2
        await rig.clock.sleep(600)
        assert rig.clock.now().date() == tomorrow
        assert shown(rig) == 3

    kiosk_night(main, datetime(2026, 9, 13, 23, 50, tzinfo=SHANGHAI))


def test_the_signature_of_a_kiosk_is_shown_to_belong_to_its_application_and_to_no_other():
    async def main(rig: KioskRig) -> None:
        citizen = rig.citizen()
        await citizen.apply(LETTERS, ITEM, resident("演示人"))
        await rig.clock.sleep(10)
        (case,) = await rig.cases()
        application = case.application
        png = await rig.centre.cases.document(application.signature)
        assert check(application, png).is_bound
        assert not check(replace(application, defers=not application.defers), png).is_bound
        assert not check(replace(application, materials=()), png).is_bound
        assert not check(application, png[:-40]).is_bound
        assert not check(application, b"").is_bound
        async with browser(rig) as desk:
            page = (await desk.get(f"/workbench/{case.number}/signature")).text
            assert "签名就是为这份申请签的" in page
            assert "<polyline" in page
            assert "核验签名" in (await desk.get(f"/workbench/{case.number}")).text
            assert (await desk.get("/workbench/nothing/signature")).status_code == 404

    kiosk_night(main)


def shown(rig: KioskRig) -> int:
    """Return which version of the guide the kiosk offers."""
    return next(one.version for one in rig.kiosk.world.entries if one.code == ITEM)
