"""Every page over a hall with nothing, one or many of everything, as an outsider's browser sees it."""

import asyncio
import json
import random
import re
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta

import httpx
import pytest

from contract.board import (
    CallOnBoard,
    HallMode,
    PauseReason,
    QueueOnBoard,
    QueueState,
    WindowOnBoard,
    WindowState,
    ZoneBoard,
)
from contract.body import Fact
from contract.link import CommandDone, CommandRefused, DeviceState, Fault, Presence
from contract.queue import CallOrder, IssueChannel, PriorityClass, TicketStanding, TicketState
from contract.queue_facts import ServiceFinished, ServiceStarted, TicketCalled, TicketIssued
from contract.queue_requests import TicketReply
from contract.rating import RatingGiven, RatingGrade, RatingReasonsGiven
from contract.screen import PictureTaken, PressScreen
from contract.topics import Channel, address, board
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.postmark import Postmark
from hallkit.runtime.writer import InlineWriter
from hallkit.transports.ports import free_port
from hallkit.web.server import serve
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.ledger import Source, take_apart
from intake_server.core.names import HallNames, Name
from intake_server.core.uplink import Batch, GoodRow
from intake_server.web.pages import build

START = datetime(2026, 9, 14, 10, 26, tzinfo=SHANGHAI)
DAY = date(2026, 9, 14)
NAMES = HallNames(Name("示例大厅", "Sample hall"), {"A": Name("综合一窗", "General")}, {}, is_demo=True)
PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)
PERSONAL = ("PERSON", "张三", "000000199001010017", "13800138000", "写下的话")


def visit(number: int, *, grade: int | None = None) -> list[Fact]:
    about = {"ticket": f"A{number:03d}", "business_day": DAY}
    at = START - timedelta(minutes=40)
    event = f"SERVICE-{number}-EVENT"
    facts: list[Fact] = [
        TicketIssued(
            **about, at=at, number=number, prefix="A", services=("A",), since=at, channel=IssueChannel.TOUCH,
            priority=PriorityClass.ORDINARY, link=link(number), ahead=0, device="ticket-1", person="PERSON 张三",
        )
    ]  # fmt: skip
    if grade is not None:
        seat = {"window": 3, "staff": "0307", "service": "A"}
        facts += [
            TicketCalled(**about, **seat, at=at, call=number, order=CallOrder.OLDEST, among=("A",)),
            ServiceStarted(**about, **seat, at=at, service_event=event),
            ServiceFinished(**about, **seat, at=at, service_event=event, started_at=at),
            RatingGiven(rating=f"R{number}", service_event=event, grade=RatingGrade(grade), at=at, window=3),
            RatingReasonsGiven(rating=f"R{number}", service_event=event, text="写下的话 张三 000000199001010017"),
        ]
    return facts


def link(number: int) -> str:
    return f"LINK-{number}-TOKEN"


class House:
    def __init__(self, **settings) -> None:
        self.broker = MemoryBroker()
        self.clock = LoopClock(START, asyncio.get_running_loop())
        hosts = ("testserver", "127.0.0.1")
        self.app = App(
            IntakeConfig(database="sqlite://", allowed_hosts=hosts, **settings), "demo", NAMES,
            links=self.broker.links(), password="", clock=self.clock, chance=random.Random(1), writer=InlineWriter(),
        )  # fmt: skip
        self.pages = build(self.app.site())
        self.tasks: list[asyncio.Task[None]] = []
        self.row = 0

    def start(self, job) -> None:
        self.tasks.append(asyncio.create_task(job))

    async def know(self, *facts: Fact) -> None:
        rows = []
        for fact in facts:
            self.row += 1
            source = Source("demo", "queue-engine/queue-engine", "I", self.row)
            at = getattr(fact, "at", START)
            rows.append(GoodRow(self.row, source, at, b"%d" % self.row, fact, take_apart(fact), b""))
        batch = Batch(address("demo", "uplink", "uplink"), "U", rows[0].number, self.row, None, tuple(rows))
        self.app._on_commit(self.app.store.take([batch], START))
        await asyncio.sleep(0)

    async def put_up(self, zone: str, windows: int) -> None:
        states = list(WindowState)
        at = [states[number % len(states)] for number in range(windows)]
        shown = ZoneBoard(
            zone=zone,
            business_day=DAY,
            as_of=START,
            mode=HallMode.OPEN,
            windows=tuple(
                WindowOnBoard(
                    window=number + 1,
                    state=state,
                    ticket=f"A{number:03d}" if state in (WindowState.CALLING, WindowState.SERVING) else None,
                    until=START if state is WindowState.PAUSED and number % 2 else None,
                    reason=PauseReason.MEAL if state is WindowState.PAUSED else None,
                )
                for number, state in enumerate(at)
            ),
            queues=tuple(
                QueueOnBoard(service=zone, state=state, waiting=9, low_minutes=25, high_minutes=40, reopens=START)
                for state in (list(QueueState)[:1] if windows == 1 else QueueState)
            ),
            calls=tuple(
                CallOnBoard(call=call, ticket=f"A{call:03d}", window=1, count=2, at=START) for call in range(windows)
            )[:12],
        )
        data = Postmark("queue-engine", self.clock, random.Random(2)).stamp(shown)
        self.broker.route(board("demo", zone), data, retain=True)

    def device(self, kind: str, name: str, *faults: Fault) -> Device:
        device = Device(
            address("demo", kind, name), "", links=self.broker.links(), clock=self.clock, chance=random.Random(3)
        )
        self.start(device.run())
        device.set_faults(*faults)
        return device

    @asynccontextmanager
    async def client(self):
        transport = httpx.ASGITransport(app=self.pages)
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client


@asynccontextmanager
async def house(amount: str = "none", **settings):
    found = House(**settings)
    found.start(found.app.device.run())
    await asyncio.sleep(0.01)
    if amount == "one":
        await found.know(*visit(1, grade=1))
        await found.put_up("A", 1)
        found.device("ticket-machine", "ticket-1", Fault.PAPER_OUT)
    if amount == "many":
        for number in range(1, 30):
            await found.know(*visit(number, grade=number % 6 or None))
        for zone in ("A", "C", "H", "K"):
            await found.put_up(zone, 26)
        for number, fault in enumerate(Fault, 1):
            found.device("kiosk", f"kiosk-{number}", fault)
        found.device("unheard-of", "thing-1")
        gone = DeviceState(presence=Presence.OFFLINE, boot="b", since=START)
        pad = address("demo", "rating-pad", "pad-07")
        data = Postmark("pad-07", found.clock, random.Random(4)).stamp(gone)
        found.broker.route(pad.topic(Channel.STATE), data, retain=True)
    await asyncio.sleep(0.02)
    try:
        yield found
    finally:
        for task in found.tasks:
            task.cancel()
        await asyncio.gather(*found.tasks, return_exceptions=True)


PAGES = ("/", "/ratings", f"/q/{link(1)}", f"/journey/{link(1)}", "/metrics", "/healthz", "/openapi.json")


@pytest.mark.parametrize("amount", ["none", "one", "many"])
@pytest.mark.parametrize("lang", ["zh", "en"])
async def test_every_page_renders_whatever_there_is_and_shows_nothing_personal(amount, lang):
    async with house(amount) as found, found.client() as client:
        for page in PAGES:
            answer = await client.get(page, params={"lang": lang})
            missing = amount == "none" and page.startswith(("/q/", "/journey/"))
            assert answer.status_code == (404 if missing else 200), page
            assert not [one for one in PERSONAL if one in answer.text], page
            assert not re.search(r"\d{17}[\dX]", answer.text), page
            assert not re.search(r"\bNone\b(?! yet)", re.sub(r"<[^>]*>", " ", answer.text)), page


async def test_the_hall_page_tells_figures_windows_queues_calls_and_faults_in_words():
    async with house("many") as found, found.client() as client:
        text = (await client.get("/")).text
        for word in (
            "29",
            "暂停",
            "今日号已取完",
            "请到 1 号窗口",
            "没纸了，请装纸",
            "pad-07 离线",
            "离线",
            "数据截至 10:26:00",
        ):
            assert word in text, word


async def test_the_follow_page_is_small_and_works_without_script():
    async with house("many") as found, found.client() as client:
        answer = await client.get(f"/q/{link(6)}")
        style = await client.get("/static/phone.css")
        assert "<script" not in answer.text
        assert 'http-equiv="refresh"' in answer.text
        assert len(answer.content) + len(style.content) <= 30_000
        for word in ("A006", "正在排队", "号码仍然有效"):
            assert word in answer.text


async def test_the_follow_page_asks_the_hall_itself_and_remembers_a_hall_that_is_silent():
    async with house("many") as found, found.client() as client:
        asked: list[str] = []

        async def answer(service, body, **more):
            asked.append(body.link)
            return TicketReply(
                tickets=(
                    TicketStanding(
                        ticket="A006", business_day=DAY, service="A", state=TicketState.CALLED, issued_at=START,
                        link=body.link, window=5,
                    ),
                )
            )  # fmt: skip

        found.app.device.ask = answer
        first, second = [(await client.get(f"/q/{link(6)}")).text for _ in range(2)]
        assert "请到 5 号窗口" in first
        assert "请到 5 号窗口" in second
        assert asked == [link(6)]
        assert (await client.get("/q/guessed")).status_code == 404
        assert asked == [link(6)]


async def test_a_journey_shows_every_step_in_order_with_its_ledger_number():
    async with house("one") as found, found.client() as client:
        text = (await client.get(f"/journey/{link(1)}")).text
        places = [text.index(word) for word in ("取号", "叫号", "开始办理", "办理结束", "评价·非常不满意")]
        assert places == sorted(places)
        assert "留痕 1<" in text
        by_event = await client.get("/journey/SERVICE-1-EVENT")
        assert "A001" in by_event.text


async def test_the_ratings_page_lists_bad_ratings_with_due_day_and_without_the_words_given():
    async with house("one") as found, found.client() as client:
        text = (await client.get("/ratings")).text
        for word in ("非常不满意", "待联系", "有文字说明", "09-20", "还有 5 个工作日"):
            assert word in text, word


async def test_a_token_too_long_or_strange_is_simply_not_found():
    async with house("one") as found, found.client() as client:
        for token in ("x" * 5_000, "%00", "..%2f..", "'%20OR%201=1", "<script>"):
            assert (await client.get(f"/q/{token}")).status_code == 404
            assert (await client.get(f"/journey/{token}")).status_code == 404


async def test_every_answer_carries_the_security_headers_and_loads_nothing_from_elsewhere():
    async with house("one") as found, found.client() as client:
        for page in ("/", f"/q/{link(1)}", "/static/live.js", "/nowhere"):
            answer = await client.get(page)
            assert "default-src 'none'" in answer.headers["content-security-policy"]
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert answer.headers["referrer-policy"] == "no-referrer"
            assert not re.findall(r"(?:src|href)=\"(?:https?:)?//", answer.text)
            assert not re.findall(r"<[^>]+ (?:style|on\w+)=", answer.text)


async def test_a_foreign_host_name_is_refused():
    async with house() as found, found.client() as client:
        assert (await client.get("/", headers={"host": "evil.example"})).status_code == 400


async def test_the_centre_says_when_it_cannot_write():
    async with house() as found, found.client() as client:
        assert (await client.get("/healthz")).json()["ok"] is True
        found.app._on_trouble(True)
        assert (await client.get("/healthz")).status_code == 503


def screen(result):
    seen = []

    async def obey(_address, command, _envelope):
        seen.append(command)
        if isinstance(command, PressScreen):
            return result
        known = command.known == "f1"
        return PictureTaken(fingerprint="f1", width=1080, height=1920, png=b"" if known else PNG)

    return obey, seen


async def test_screens_are_taken_only_while_somebody_watches_and_sent_once():
    async with house() as found, found.client() as client:
        device = found.device("ticket-machine", "ticket-1")
        device.on_command, seen = screen(CommandDone())
        found.start(found.app.watcher.run())
        await asyncio.sleep(0.1)
        assert seen == []
        with found.app.watcher.watched():
            await asyncio.sleep(1.2)
        assert [one.known for one in seen] == ["", "f1"]
        await asyncio.sleep(1.2)
        assert len(seen) == 2
        picture = await client.get("/screens/ticket-machine/ticket-1.png")
        assert (picture.content, picture.headers["content-type"]) == (PNG, "image/png")
        assert "/screens/ticket-machine/ticket-1.png?f=f1" in (await client.get("/")).text


async def pressed(found: House, client: httpx.AsyncClient, **more) -> httpx.Response:
    with found.app.watcher.watched():
        await asyncio.sleep(0.1)
    form = {"x": "135", "y": "240", "shown": "270"}
    return await client.post("/screens/ticket-machine/ticket-1/press", data=form, **more)


async def test_a_press_reaches_the_device_in_its_own_pixels():
    async with house() as found, found.client() as client:
        device = found.device("ticket-machine", "ticket-1")
        device.on_command, seen = screen(CommandDone())
        found.start(found.app.watcher.run())
        await asyncio.sleep(0.05)
        answer = await pressed(found, client, headers={"accept": "application/json"})
        assert (answer.status_code, answer.text) == (200, "已点")
        assert seen[-1] == PressScreen(x=540, y=960)
        plain = await pressed(found, client)
        assert (plain.status_code, plain.headers["location"]) == (303, "/?lang=zh#screens")


async def test_a_machine_in_service_refuses_and_the_page_says_why():
    async with house() as found, found.client() as client:
        device = found.device("ticket-machine", "ticket-1")
        device.on_command, _ = screen(CommandRefused(code="not_a_demo"))
        found.start(found.app.watcher.run())
        await asyncio.sleep(0.05)
        answer = await pressed(found, client, headers={"accept": "application/json"})
        assert (answer.status_code, answer.text) == (409, "正式运行的设备不能从网页操作")


async def test_presses_from_another_site_without_a_screen_or_too_many_are_refused():
    async with house(posts_a_minute=3) as found, found.client() as client:
        path, form = "/screens/ticket-machine/ticket-1/press", {"x": "1", "y": "1", "shown": "1"}
        for headers in ({"origin": "http://evil.example"}, {"sec-fetch-site": "cross-site"}):
            assert (await client.post(path, data=form, headers=headers)).status_code == 403
        codes = [(await client.post(path, data=form)).status_code for _ in range(5)]
        assert codes == [404, 404, 404, 429, 429]


@pytest.mark.network
async def test_an_open_page_follows_the_hall_by_itself():
    async with house("one") as found:
        port = free_port()
        found.start(serve(found.pages, "127.0.0.1", port))
        await asyncio.sleep(0.3)
        whole = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=5)
        async with whole as client, client.stream("GET", "/live") as stream:
            lines = stream.aiter_lines()
            before = await _part(lines, "live")
            await found.know(*visit(77))
            after = await _part(lines, "live")
        assert "<b>1</b>" in before
        assert "<b>2</b>" in after
        await asyncio.sleep(0.1)
        assert found.app.watcher.viewers == 0


async def _part(lines, name: str) -> str:
    async for line in lines:
        if line == f"event: {name}":
            return json.loads((await anext(lines)).removeprefix("data: "))
    raise AssertionError("the stream ended")
