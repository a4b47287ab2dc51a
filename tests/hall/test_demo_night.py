"""The scenario of `hall24 demo`: a whole hall live, every walk at its kiosk, the notices' codes read back."""

import asyncio
import shutil
from typing import Any

import pytest

from hall24.demo.night_run import run_night
from hall24.demo.plan import Plan, make_plan
from hall24.demo.walks import WALKS
from hallkit.transports.ports import free_port

CHROMIUM = shutil.which("chromium") or shutil.which("google-chrome")
ARGUMENTS = ["--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync"]
PATIENCE_MS = 60_000


async def test_a_citizen_alone_in_a_live_hall_leaves_with_a_notice_that_shows_the_case(tmp_path):
    said: list[str] = []
    report = await run_night(make_plan(tmp_path / "run", "one"), said.append)
    assert report["ok"], report["invariants"]
    assert next(iter(report)) == "ok"
    assert len(said) == 2


@pytest.mark.slow
@pytest.mark.timeout(600)
async def test_every_walk_of_one_night_ends_with_a_notice_whose_page_shows_the_same_case(tmp_path):
    report = await run_night(make_plan(tmp_path / "run", "one", web_port=free_port()), print, tuple(WALKS.values()))
    assert report["ok"], {name: one["invariants"] for name, one in report["walks"].items() if not one["ok"]}
    assert tuple(report["walks"]) == tuple(WALKS)
    assert len({one["case"] for one in report["walks"].values()}) == len(WALKS)


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine: the page is not opened in a browser")
async def test_the_page_behind_the_code_on_the_notice_opens_in_a_browser(tmp_path):
    seen: dict[str, Any] = {}

    async def look(report: dict[str, Any]) -> None:
        seen.update(await opened(report["link"]))

    plan: Plan = make_plan(tmp_path / "run", "one", web_port=free_port())
    report = await run_night(plan, print, (WALKS["promised-later"],), look)
    assert report["ok"], report["invariants"]
    assert seen["status"] == 200
    assert report["case"][-4:] in "".join(seen["text"].split())
    assert report["item"] in seen["text"]
    assert seen["errors"] == []


async def opened(link: str) -> dict[str, Any]:
    """Return what a telephone's browser shows at an address, and what it complains of."""
    from playwright.async_api import async_playwright

    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        try:
            page = await browser.new_page(viewport={"width": 390, "height": 844})
            errors: list[str] = []
            page.on("pageerror", lambda error: errors.append(str(error)))
            answer = await page.goto(link, timeout=PATIENCE_MS)
            assert answer is not None
            return {"status": answer.status, "text": await page.inner_text("body"), "errors": errors}
        finally:
            async with asyncio.timeout(30):
                await browser.close()
