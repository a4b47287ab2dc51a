"""What citizens say to the hall from a telephone or a machine, and the pages of those who answer."""

import asyncio
import json
import re
import tomllib

import httpx
import pytest
from case_pages_rig import Centre

from contract.guide_desk import ComplaintCategory, ComplaintFiled, HelpCalled, HelpHeard
from contract.link import CommandDone
from contract.rating import RatingGrade, RatingReason
from contract.topics import address
from hall24.presets import one_window
from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from intake_server.app.build import intake_config
from intake_server.core.cases import clerk
from intake_server.core.complaints import number_of
from intake_server.core.ledger import Source, take_apart
from intake_server.web.guide_desk import GuideDeskPages
from intake_server.web.pages import Pages

CITIZEN = "10.0.0.9"
COMPLAINT = "01K5ABCDEFGHJKMNPQRSTVWXY1"


@pytest.fixture
async def centre():
    made = Centre(lookups_a_minute=3, wrong_codes=4, trusted_proxies=("127.0.0.1", "10.1.0.0/16"))
    yield made
    made.app.reader._engine.dispose()


def arrives(centre: Centre, fact, device="kiosk/kiosk-1") -> None:
    """Let a fact of a device be committed as if its hall had sent it."""

    def work(transaction) -> None:
        source = Source("demo", device, "inc", centre.app.store.head.rows + 1)
        transaction.append(source, fact, take_apart(fact), centre.clock.now(), b"digest")

    centre.app._on_commit(centre.app.store.commit(work, centre.clock.now()))


async def test_an_address_that_looks_up_too_much_is_told_when_to_try_again(centre):
    made = centre.submit("shop-sign")
    async with centre.browser(CITIZEN) as page:
        answers = [await page.get("/progress", params={"case": made.case}) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert 0 < int(answers[3].headers["retry-after"]) <= 60
        assert re.search(r"\d\d:\d\d:\d\d 以后再试（约 1 分钟）", answers[3].text)
        assert (await page.get("/progress")).status_code == 200
        assert (await page.get(f"/p/{made.notice.link}")).status_code == 200
        english = await page.get("/progress", params={"case": made.case, "lang": "en"})
        assert "Try again after" in english.text
    async with centre.browser("10.0.0.10") as other:
        assert (await other.get("/progress", params={"case": made.case})).status_code == 200


async def test_wrong_codes_shut_an_address_out_for_a_while_and_nobody_else(centre):
    made = centre.submit("shop-sign")
    async with centre.browser(CITIZEN) as page:
        tried = [(await page.get(f"/p/{letter * 26}")).status_code for letter in "ABCDE"]
        assert tried == [404, 404, 404, 404, 429]
        assert (await page.get(f"/p/{made.notice.link}")).status_code == 429
        assert (await page.get(f"/p/{made.notice.link}/live")).status_code == 429
    async with centre.browser("10.0.0.10") as other:
        assert (await other.get(f"/p/{made.notice.link}")).status_code == 200


async def test_a_query_code_is_not_guessed_from_many_addresses(centre):
    made = centre.submit("shop-sign")
    codes = []
    for number in range(12):
        async with centre.browser(f"10.0.1.{number}") as page:
            codes.append((await page.get("/progress", params={"case": made.case, "code": "AAAAAAAA"})).status_code)
    assert codes == [404] * 10 + [429] * 2
    async with centre.browser("10.0.2.1") as page:
        assert (await page.get("/progress", params={"case": made.case})).status_code == 200


async def test_behind_a_trusted_proxy_each_citizen_has_an_address_and_the_workbench_stays_shut(centre):
    made = centre.submit("shop-sign")
    async with centre.browser("127.0.0.1") as proxy:
        for _ in range(4):
            first = await proxy.get(
                "/progress", params={"case": made.case}, headers={"X-Forwarded-For": "10.1.2.3, 203.0.113.7"}
            )
        other = await proxy.get("/progress", params={"case": made.case}, headers={"X-Forwarded-For": "203.0.113.8"})
        assert (first.status_code, other.status_code) == (429, 200)
        for path in ("/workbench", "/guide-desk", "/complaint-desk"):
            assert (await proxy.get(path, headers={"X-Forwarded-For": "203.0.113.8"})).status_code == 403
            assert (await proxy.get(path, headers={"X-Forwarded-For": "127.0.0.1"})).status_code == 403
            assert (await proxy.get(path)).status_code == 200


async def test_a_citizen_rates_from_the_page_once_however_often_the_button_is_pressed(centre):
    made = centre.submit("shop-sign")
    async with centre.browser(CITIZEN) as page:
        for _ in range(2):
            assert (await page.post(f"/p/{made.notice.link}/rate", data={"grade": "2"})).status_code == 303
        (rating,) = centre.app.hall.ratings.of(f"case/{made.case}")
        assert (rating.grade, rating.lacks_reason) == (RatingGrade.POOR, True)
        shown = (await page.get(f"/p/{made.notice.link}")).text
        assert "您评价了：不满意" in shown
        form = {"rating": rating.rating, "reasons": ["waited_long", "unclear"], "text": "人多"}
        assert (await page.post(f"/p/{made.notice.link}/reasons", data=form)).status_code == 303
        assert rating.reasons == (RatingReason.WAITED_LONG, RatingReason.UNCLEAR)
        assert (await page.post(f"/p/{made.notice.link}/reasons", data=form)).status_code == 409
        assert (await page.post(f"/p/{made.notice.link}/rate", data={"grade": "9"})).status_code == 422
        assert (await page.post(f"/p/{'A' * 26}/rate", data={"grade": "5"})).status_code == 404
    assert f"case/{made.case}" in centre.app.hall.ratings.rectifications


async def test_a_citizen_is_called_back_by_the_guide_desk(centre):
    made = centre.submit("shop-sign")
    async with centre.browser(CITIZEN) as page:
        for _ in range(2):
            sent = await page.post(f"/p/{made.notice.link}/call-back", data={"phone": ""})
            assert sent.status_code == 303
        shown = (await page.get(f"/p/{made.notice.link}")).text
        assert "已登记回电，9月15日 周二下班前打给您" in shown
        assert "10000000001" not in shown
    (call,) = centre.app.hall.guide_desk.waiting()
    async with centre.browser() as desk:
        waiting = (await desk.get("/guide-desk")).text
        assert "给 张* 回电话：10000000001" in waiting
        done = await desk.post(f"/guide-desk/{call.call}/hear", data={"staff": "0101"})
        assert "said=done" in done.headers["location"]
        assert "现在没有人呼叫" in (await desk.get("/guide-desk")).text
    async with centre.browser(CITIZEN) as page:
        assert "请给我回电话" in (await page.get(f"/p/{made.notice.link}")).text


async def test_a_complaint_from_a_telephone_is_followed_answered_and_published_without_names(centre):
    async with centre.browser(CITIZEN) as page:
        form = {"category": "slow", "text": "等了两个小时", "phone": "10000000009"}
        filed = await page.post("/complaints", data=form)
        number = re.search(r"filed=(\w{10})", filed.headers["location"])[1]
        assert number in (await page.get(filed.headers["location"])).text
        mine = (await page.get("/complaints", params={"number": number.lower()})).text
        for said in ("正在处理", "最晚 9月20日 周日 答复", "责任人 杨*，办公区"):
            assert said in mine
        assert "等了两个小时" not in mine
        assert (await page.post("/complaints", data={"category": "slow", "text": " "})).status_code == 422
    async with centre.browser() as desk:
        waiting = (await desk.get("/complaint-desk")).text
        assert "等了两个小时" in waiting
        assert "来自 手机网页" in waiting
        assert "10000000009" in waiting
        answer = {"staff": "4001", "subject": "等候时间长", "answer": "请打 10000000009"}
        refused = await desk.post(f"/complaint-desk/{number}", data=answer)
        assert refused.status_code == 409
        assert "不能公开" in refused.text
        answer["answer"] = "上午已加开两个窗口"
        assert (await desk.post(f"/complaint-desk/{number}", data={**answer, "staff": "9"})).status_code == 403
        assert (await desk.post(f"/complaint-desk/{number}", data=answer)).status_code == 303
        assert (await desk.post(f"/complaint-desk/{number}", data=answer)).status_code == 409
    async with centre.browser(CITIZEN) as page:
        public = (await page.get("/complaints")).text
    assert "上午已加开两个窗口" in public
    assert not [one for one in ("10000000009", "等了两个小时", "4001", number) if one in public]


async def test_a_kiosks_complaint_has_the_number_the_kiosk_showed_and_survives_a_restart(centre):
    said = ComplaintFiled(
        complaint=COMPLAINT, category=ComplaintCategory.DEVICE, at=centre.clock.now(), text="打印机没纸"
    )
    arrives(centre, said)
    async with centre.browser(CITIZEN) as page:
        assert "责任人 韩*" in (await page.get("/complaints", params={"number": COMPLAINT[-10:]})).text
    hall = type(centre.app.hall)("demo", centre.app.cases.office.calendar, 5)
    centre.app.hall = hall
    await centre.app.replay()
    assert hall.complaints.find(number_of(COMPLAINT)).text == "打印机没纸"


async def test_complaint_numbers_are_not_guessed(centre):
    async with centre.browser(CITIZEN) as page:
        tried = [(await page.get("/complaints", params={"number": f"{one:010}"})).status_code for one in range(5)]
    assert tried == [404, 404, 404, 429, 429]


async def test_a_call_from_a_kiosk_reaches_an_open_guide_desk_by_itself_and_the_kiosk_hears_back(centre):
    site = centre.app.site()
    stream = (await GuideDeskPages(site, centre.app.cases, Pages(site).render).live("0101")).body_iterator
    assert "现在没有人呼叫" in (await anext(stream)).decode()
    place = address("demo", "kiosk", "kiosk-1")
    kiosk = Device(place, "", links=centre.broker.links(), clock=centre.clock, chance=centre.app.store._chance)
    heard: list[str] = []

    async def obey(_address, command, _envelope):
        assert isinstance(command, HelpHeard)
        heard.append(command.help)
        return CommandDone()

    kiosk_up, centre_up = asyncio.Event(), asyncio.Event()
    kiosk.on_command, kiosk.on_link = obey, lambda up: kiosk_up.set()
    centre.app.device.on_link = lambda up: centre_up.set()
    jobs = [asyncio.ensure_future(one.run()) for one in (centre.app, kiosk)]
    try:
        async with asyncio.timeout(30):
            await kiosk_up.wait()
            await centre_up.wait()
            arrives(centre, HelpCalled(help="H1", screen="identify", at=centre.clock.now()))
            part = json.loads((await anext(stream)).decode().split("data: ", 1)[1])
            assert "自助机 1 有人要帮忙" in part
            assert "刷身份证" in part
            async with centre.browser() as desk:
                taken = await desk.post("/guide-desk/H1/hear", data={"staff": "0101"})
                again = await desk.post("/guide-desk/H1/hear", data={"staff": "0102"})
                stranger = await desk.post("/guide-desk/H1/hear", data={"staff": "nobody"})
    finally:
        for job in jobs:
            job.cancel()
        await asyncio.gather(*jobs, return_exceptions=True)
        await stream.aclose()
    assert (heard, "said=done" in taken.headers["location"], again.status_code, stranger.status_code) == (
        ["H1"], True, 303, 403,
    )  # fmt: skip
    (call,) = centre.app.hall.guide_desk.heard()
    assert (call.heard.by, call.heard.reached) == ("0101", True)


async def test_a_kiosk_that_does_not_answer_is_said_so(centre, monkeypatch):
    monkeypatch.setattr("intake_server.drivers.watcher.PATIENCE", 0.01)
    arrives(centre, HelpCalled(help="H2", screen="home", at=centre.clock.now()))
    async with centre.browser() as desk:
        taken = await desk.post("/guide-desk/H2/hear", data={"staff": "0101"})
        assert "请直接过去" in (await desk.get(taken.headers["location"])).text
    assert not centre.app.hall.guide_desk.heard()[0].heard.reached


async def test_new_pages_are_small_in_english_too_and_run_nothing_foreign(centre):
    made = centre.submit("shop-sign")
    await centre.app.cases.act(made.case, lambda o, c, at: clerk.review(o, c, "2006", "shop-sign", at))
    async with centre.browser() as page:
        for path in (f"/p/{made.notice.link}", "/complaints", "/complaint-desk", "/guide-desk"):
            shown: httpx.Response = await page.get(path, params={"lang": "en"})
            assert shown.status_code == 200
            assert len(shown.content) < 12_000
            assert "script-src 'self'" in shown.headers["content-security-policy"]
            assert not re.search(r"<script>|style=|onclick|http://|https://", shown.text)
            assert '<html lang="en">' in shown.text


def test_a_proxy_that_is_no_address_is_a_fault_of_the_configuration():
    table = one_window() + '\n[intake]\ntrusted_proxies = ["10.0.0.0/8", "my-proxy"]\n'
    with pytest.raises(ConfigError, match=r"intake\.trusted_proxies: 'my-proxy'"):
        intake_config(parse(tomllib.loads(table), Hall))
