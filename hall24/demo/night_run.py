"""The scenario `night-application`: a whole hall live, citizens of the night at its kiosk, and what must hold."""

import asyncio
import gc
import random
import secrets
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from contract.case_facts import NoticePrinted
from contract.cases import Notice
from contract.rating import RatingGiven
from hall24.demo.evidence import is_drained
from hall24.demo.live import Live, live_hall
from hall24.demo.night import NightCitizen, link_on
from hall24.demo.plan import Plan
from hall24.demo.report import facts
from hall24.demo.walks import WALKS, Walk, day_by, promised_day
from hallkit.inventory.start import Start
from hallkit.rules.calendar import published
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.writer import ThreadWriter
from hallkit.touch.screen import PictureScreen
from kiosk.app.build import kiosk
from kiosk.app.kiosk import KioskApp
from kiosk.drivers.pinyin_file import read_words

NIGHT = "night-application"
PATIENCE = 30.0
GRADE = 5


Look = Callable[[dict[str, Any]], Awaitable[None]]


async def _not_looked(report: dict[str, Any]) -> None:
    """Look at nothing more."""


async def run_night(
    plan: Plan, say: Callable[[str], None], walks: Sequence[Walk] = (WALKS["resident"],), look: Look = _not_looked
) -> dict[str, Any]:
    """Let citizens apply at the kiosk of a live hall, one after the other; `ok` is true only if all of it held.

    The report of one walk stands by itself, those of several under `walks` by their names; `look` sees each report
    while the hall still runs.
    """
    async with live_hall(plan, kiosks=False) as live:
        name = plan.hall.of_kind("kiosk")[0].name
        clock, screen = SystemClock(), PictureScreen()
        app = _kiosk(plan, live, name, screen)
        task = asyncio.create_task(app.run(), name=name)
        try:
            citizen = NightCitizen(app, screen, name, live.hardware, clock)
            await citizen.wait_for_the_catalogue()
            say(f"a citizen stands at {name}")
            reports = {}
            for walk in walks:
                reports[walk.name] = await _walk(plan, citizen, walk, say)
                await look(reports[walk.name])
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
    if len(walks) == 1:
        return reports[walks[0].name]
    return {"ok": all(one["ok"] for one in reports.values()), "scenario": NIGHT, "walks": reports}


async def _walk(plan: Plan, citizen: NightCitizen, walk: Walk, say: Callable[[str], None]) -> dict[str, Any]:
    citizen.begin()
    await citizen.walk(walk)
    picture = await citizen.notice(plan.hall.hall.run, f"notice-{walk.name}.png")
    issued = citizen.app.session.issued
    assert issued is not None, "a notice without a case"
    say(f"the notice: {picture}")
    await citizen.leave(GRADE)
    return await _report(plan, citizen, walk, issued.notice, picture)


def _kiosk(plan: Plan, live: Live, name: str, screen: PictureScreen) -> KioskApp:
    chance = random.Random(secrets.randbits(128))
    links = mqtt_links(live.broker.host, live.broker.port, chance)
    start = Start(plan.hall, plan.passwords, SystemClock(), chance, links)
    return kiosk(start, name, screen, writer=ThreadWriter(name), words=read_words)


async def _report(plan: Plan, citizen: NightCitizen, walk: Walk, notice: Notice, picture: Path) -> dict[str, Any]:
    link = link_on(picture)
    page = await _fetch(link) if link else ""
    stored = await _stored(plan, notice)
    plain = "".join(page.split())
    due = promised_day(notice)
    invariants = {
        "the_code_on_the_notice_can_be_read": link.endswith(notice.link),
        "the_page_behind_it_shows_the_same_case": _is_of(notice, plain),
        "the_page_tells_the_same_day": due is not None and _is_told(due, plain),
        "the_day_is_the_calendars": due == day_by(published(), notice),
        "the_printer_confirmed_the_notice": any(
            isinstance(fact, NoticePrinted) and fact.document == notice.document for fact in stored
        ),
        "the_rating_reached_the_hall_store": any(
            isinstance(fact, RatingGiven) and fact.service_event.endswith(notice.case) for fact in stored
        ),
        "every_outbox_is_drained": is_drained(plan),
        "the_notice_is_of_its_kind": notice.kind is walk.kind,
        "the_kiosk_forgot_the_citizen": citizen.app.session.is_fresh and not _remembered(plan, walk),
    }  # fmt: skip
    return {
        "ok": all(invariants.values()), "scenario": NIGHT, "walk": walk.name, "invariants": invariants,
        "case": notice.case, "document": notice.document, "item": notice.item,
        "issued_at": notice.issued_at.isoformat(), "due": due.isoformat() if due else None,
        "provisional": notice.provisional,
        "link": link, "notice": str(picture), "screens": citizen.seen, "touches": citizen.touches,
    }  # fmt: skip


def _is_of(notice: Notice, plain: str) -> bool:
    """Return whether a page is a case's: the end of its number, its item, its applicant's masked name."""
    return all("".join(one.split()) in plain for one in (notice.case[-4:], notice.item, notice.applicant))


def _is_told(day: date, plain: str) -> bool:
    return f"{day.month}月{day.day}日" in plain or day.isoformat() in plain


async def _stored(plan: Plan, notice: Notice) -> list[Any]:
    """Return what the hall store has, once the case's rating is there and nothing waits any more."""
    clock = SystemClock()
    until = clock.monotonic() + PATIENCE
    while True:
        found = facts(plan.hall.hall.run / "hall-store.db")
        rated = any(isinstance(one, RatingGiven) and one.service_event.endswith(notice.case) for one in found)
        if (rated and is_drained(plan)) or clock.monotonic() > until:
            return found
        await clock.sleep(0.25)


def _remembered(plan: Plan, walk: Walk) -> list[str]:
    """Return where the citizen is still found on the kiosk: its files, its log."""
    run, marks = plan.hall.hall.run, [one.encode() for one in walk.marks]
    gc.collect()
    files = [path for path in sorted(run.rglob("kiosk*")) if path.is_file()]
    return [path.name for path in files if any(mark in path.read_bytes() for mark in marks)]


async def _fetch(link: str) -> str:
    """Return the page at an address, as a telephone would get it."""
    parts = urlsplit(link)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or 80)
    writer.write(f"GET {parts.path} HTTP/1.1\r\nHost: {parts.netloc}\r\nConnection: close\r\n\r\n".encode())
    await writer.drain()
    try:
        async with asyncio.timeout(PATIENCE):
            return (await reader.read()).decode("utf-8", "replace")
    finally:
        writer.close()
