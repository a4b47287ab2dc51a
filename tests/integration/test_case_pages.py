"""The pages of cases as a citizen's telephone and a clerk's keyboard see them."""

import asyncio
import json
import re

import pytest
from case_pages_rig import Centre
from fastapi import Request

from contract.cases import Outcome as Decision
from intake_server.core.cases import clerk
from intake_server.core.cases.page_words import codes, word
from intake_server.core.texts import Language
from intake_server.web.pages import Pages
from intake_server.web.progress import ProgressPages
from intake_server.web.watch import Watch

PERSONAL = ("张三", "000000190001010017", "10000000001")


@pytest.fixture
async def centre():
    made = Centre()
    yield made
    made.app.reader._engine.dispose()


async def test_a_citizen_sees_state_due_date_and_what_to_do_without_login(centre):
    made = centre.submit("food-licence", leave=("premises-proof",), promises=("health-certificate",), defers=True)
    async with centre.browser("10.0.0.9") as page:
        shown = await page.get(f"/p/{made.notice.link}")
        static = sum(
            [len((await page.get(f"/static/{name}")).content) for name in ("phone.css", "case.css", "case.js")]
        )
    assert len(shown.content) + static <= 30_000
    for said in ("9月18日", "还差 1 份：场地使用证明", "这个日期怎么算的", "第 5 个工作日", "张*"):
        assert said in shown.text
    assert not [text for text in PERSONAL if text in shown.text]
    assert made.case not in shown.text
    assert '<noscript><meta http-equiv="refresh"' in shown.text


async def test_an_unknown_code_is_a_page_not_a_trace(centre):
    async with centre.browser() as page:
        for token in ("X" * 26, "%00", "x" * 500, "../etc"):
            assert (await page.get(f"/p/{token}")).status_code == 404


async def test_a_bare_number_tells_the_state_and_the_query_code_opens_the_page(centre):
    made = centre.submit("shop-sign")
    async with centre.browser() as page:
        bare = await page.get("/progress", params={"case": made.case})
        assert "已受理" in bare.text
        assert "张" not in re.sub(r"<[^>]*>", "", bare.text)
        assert made.notice.link not in bare.text
        opened = await page.get("/progress", params={"case": made.case, "code": made.notice.query_code.lower()})
        assert opened.headers["location"].startswith(f"/p/{made.notice.link}")
        assert (await page.get("/progress", params={"case": made.case, "code": "AAAAAAAA"})).status_code == 404
        assert (await page.get("/progress", params={"case": "12"})).status_code == 404


async def test_a_change_reaches_an_open_page_by_itself(centre):
    made = centre.submit("shop-sign")
    site = centre.app.site()
    pages = ProgressPages(site, centre.app.cases, Pages(site).render, Watch(site.config, site.clock))
    response = await pages.live(Request({"type": "http", "client": ("10.0.0.9", 1)}), made.notice.link)
    stream = response.body_iterator
    first = await anext(stream)
    assert "已受理" in _html(first)
    waiting = asyncio.ensure_future(anext(stream))
    await asyncio.sleep(0.01)
    await centre.app.cases.act(made.case, lambda o, c, at: clerk.review(o, c, "2006", "shop-sign", at))
    assert "正在审查" in _html(await asyncio.wait_for(waiting, 30))
    await stream.aclose()


def _html(chunk: bytes) -> str:
    return json.loads(chunk.decode().split("data: ", 1)[1])


async def test_a_photo_from_a_telephone_settles_what_was_outstanding(centre):
    made = centre.submit("food-licence", leave=("premises-proof",), promises=("health-certificate",), defers=True)
    async with centre.browser() as page:
        sent = await page.post(
            f"/p/{made.notice.link}/bring", data={"code": "premises-proof"}, files={"file": ("a.jpg", b"\xff" * 60_000)}
        )
        assert sent.status_code == 303
        assert "还差" not in (await page.get(sent.headers["location"])).text
    assert (await centre.app.cases.case(made.case)).outstanding == ()


async def test_a_clerk_takes_a_case_from_front_to_hand_out_and_rules_answer_403(centre):
    made = centre.submit("passport")
    number = made.case
    async with centre.browser() as page:

        async def do(action: str, **form):
            return await page.post(f"/workbench/{number}/{action}", data=form)

        assert (await do("accept", staff="0101")).status_code == 403
        assert (await do("accept", staff="0105")).status_code == 303
        assert (await do("decide", staff="0105", item="passport", outcome="granted")).status_code == 403
        assert (await do("decide", staff="2005", item="passport", outcome="maybe")).status_code == 409
        assert (await do("decide", staff="2005", item="passport", outcome="denied")).status_code == 409
        assert (await do("decide", staff="2005", item="passport", outcome="granted")).status_code == 303
        code = (await centre.app.cases.case(number)).application.pickup_code
        assert (await do("hand_out", staff="3001", proof="pickup_code", value="nothing")).status_code == 403
        assert (await do("hand_out", staff="3001", proof="pickup_code", value=code.lower())).status_code == 303
        again = await do("hand_out", staff="3001", proof="pickup_code", value=code)
        assert again.status_code == 409
        assert "已经领走" in again.text


async def test_the_workbench_offers_exactly_three_outcomes_and_needs_no_script(centre):
    made = centre.submit("shop-sign")
    async with centre.browser() as page:
        shown = (await page.get(f"/workbench/{made.case}", params={"staff": "2006"})).text
        assert re.findall(r'name="outcome" value="(\w+)"', shown) == [one.value for one in Decision]
        assert "<script" not in shown
        assert "autofocus" in shown
        empty = await page.get("/workbench", params={"staff": "3001"})
        assert "现在没有要办的" in empty.text


async def test_the_workbench_is_open_on_this_machine_only(centre):
    made = centre.submit("shop-sign")
    async with centre.browser("10.0.0.9") as page:
        assert (await page.get("/workbench")).status_code == 403
        assert (await page.get(f"/workbench/{made.case}")).status_code == 403
        assert (await page.post(f"/workbench/{made.case}/accept", data={"staff": "0106"})).status_code == 403


async def test_every_page_is_there_in_english(centre):
    made = centre.submit("food-licence", leave=("premises-proof",), promises=("health-certificate",), defers=True)
    async with centre.browser() as page:
        for path in (
            f"/p/{made.notice.link}",
            "/progress",
            "/guide/food-licence",
            "/workbench",
            f"/workbench/{made.case}",
        ):
            shown = await page.get(path, params={"lang": "en"})
            assert shown.status_code == 200
            assert '<html lang="en">' in shown.text
        assert "Done by" in (await page.get(f"/p/{made.notice.link}", params={"lang": "en"})).text


def test_every_word_is_there_in_both_languages():
    for code in codes():
        assert word(code, Language.ZH, **_any()).strip()
        assert not re.search("[\u4e00-\u9fff]", word(code, Language.EN, **_any()))


def _any() -> dict[str, object]:
    return dict.fromkeys(
        (
            "days",
            "number",
            "count",
            "names",
            "day",
            "tail",
            "time",
            "name",
            "version",
            "what",
            "detail",
            "grade",
            "place",
            "phone",
            "whom",
            "seconds",
            "minutes",
        ),
        1,
    )
