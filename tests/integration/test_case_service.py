"""Kiosks behind an uplink against the whole centre on a real database file: one case or none, and always a notice."""

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from hashlib import sha256

import httpx
import msgspec
import pytest

from contract import case_requests as requests
from contract import codec
from contract.body import Reply, Request
from contract.cases import Answer, Applicant, CaseChannel, CaseRefusal, GivenMaterial, NoticeKind, Outcome, PublicState
from contract.catalogue import MaterialWay
from contract.link import CommandDone
from contract.topics import Channel, address
from contract.uplink import RelayedReply, RelayedRequest
from hallkit.rules.identity import check_character
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.device import Device
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.writer import InlineWriter, ThreadWriter
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.cases import clerk
from intake_server.core.cases import plan as plans
from intake_server.core.kinds import LedgerKind
from intake_server.core.names import HallNames, Name
from intake_server.web.pages import build

NIGHT = datetime(2026, 9, 13, 2, 31, tzinfo=SHANGHAI)
UPLINK = address("demo", "uplink", "uplink")
NAMES = HallNames(Name("示例市为民服务中心", "Sample hall"), is_demo=True)
TEXTS = {"number": "40", "phone": "10000000001", "identity": "000000190001010017", "text": "样本"}


class Centre:
    """The intake server, an uplink that relays, and kiosks."""

    def __init__(self, url: str, *, start: datetime = NIGHT, writer=None, seed: int = 1) -> None:
        self.broker, self.clock = MemoryBroker(), LoopClock(start, asyncio.get_running_loop())
        self.writer = writer or InlineWriter()
        hosts = ("testserver", "127.0.0.1")
        self.app = App(
            IntakeConfig(database=url, web=False, allowed_hosts=hosts, posts_a_minute=6000), "demo", NAMES,
            links=self.broker.links(), password="", clock=self.clock, chance=random.Random(seed),
            writer=self.writer,
        )  # fmt: skip
        self.uplink = Device(
            UPLINK, "", links=self.broker.links(), clock=self.clock, chance=random.Random(2), hear={
                "h24/v1/demo/kiosk/+/req": self._relay, UPLINK.topic(Channel.REPLY): self._hand_back,
            },
        )  # fmt: skip
        self.refused = 0

    def kiosk(self, number: int = 3, kind: str = "kiosk") -> Device:
        place = address("demo", kind, f"{kind}-{number}")
        return Device(place, "", links=self.broker.links(), clock=self.clock, chance=random.Random(100 + number))

    def _relay(self, message) -> None:
        envelope = codec.decode(message.payload)
        body = RelayedRequest(topic=message.topic, message=msgspec.Raw(message.payload))
        data = self.uplink.postmark.stamp(body, key=envelope.key, service=envelope.service)
        self.uplink.link.publish(UPLINK.topic(Channel.REQUEST), data)

    def _hand_back(self, message) -> None:
        reply = codec.body_of(codec.decode(message.payload), RelayedReply)
        self.uplink.link.publish(reply.topic, bytes(reply.message))

    @property
    def office(self):
        return self.app.cases.office

    def application(self, item: str = "shop-sign", *, leave=(), person="000000190001010017", **more):
        plan = plans.of_items(self.office.catalogue, [item], {"by-agent": "no"}, self.clock.now().date())
        given = tuple(
            GivenMaterial(code=one.code, way=one.ways[0], pages=1) for one in plan.materials if one.code not in leave
        )
        answers = tuple(
            Answer(code=one.code, value=one.options[0].code if one.options else TEXTS.get(one.kind.value, ""))
            for one in plan.fields
        )
        asked = tuple(Answer(code=one.code, value="no") for one in plan.questions)
        return requests.SubmitApplication(
            applicant=Applicant(name="张三", identity=person), channel=CaseChannel.KIOSK, items=(item,),
            situation=asked, answers=answers, materials=more.pop("materials", given),
            promises=more.pop("promises", ()), **more,
        )  # fmt: skip

    def events(self):
        return list(self.app.reader.events_since(datetime(2000, 1, 1, tzinfo=SHANGHAI)))


@asynccontextmanager
async def running(url: str, *devices, **more):
    centre = Centre(url, **more)
    kiosks = [centre.kiosk(number) for number in (devices or (3,))]
    tasks = [asyncio.create_task(job()) for job in (centre.app.run, centre.uplink.run, *(one.run for one in kiosks))]
    for _ in range(30):
        await asyncio.sleep(0)
    try:
        yield centre, kiosks
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        centre.writer.close()
        centre.app.reader._engine.dispose()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path / 'intake.db'}"


async def ask(kiosk: Device, body: Request, key: str | None = None, patience: float = 30) -> Reply:
    return await kiosk.ask("intake", body, key=key, patience=patience)


async def test_an_application_at_night_is_answered_with_a_notice_and_its_page_shows_the_same_case(url):
    async with running(url) as (centre, (kiosk,)):
        reply = await ask(kiosk, centre.application())
        assert isinstance(reply, requests.CaseReply)
        assert (reply.notice.kind, reply.notice.due) == (NoticeKind.ACCEPTANCE, date(2026, 9, 15))
        assert len(reply.notice.link) == 26
        async with browser(centre) as page:
            shown = await page.get(f"/p/{reply.notice.link}")
            assert shown.status_code == 200
            assert reply.case[-4:] in shown.text
            assert "9月15日" in shown.text
            assert "张*" in shown.text
            assert "张三" not in shown.text
            assert len(shown.content) < 30_000


async def test_the_same_key_is_the_same_case_and_another_content_is_refused(url):
    async with running(url) as (centre, (kiosk,)):
        first = await ask(kiosk, centre.application(), key="K")
        again = await ask(kiosk, centre.application(), key="K")
        assert again == first
        other = await ask(kiosk, centre.application("road-occupation"), key="K")
        assert other == requests.CaseRefused(code=CaseRefusal.KEY_REUSED)
        second_try = await ask(kiosk, centre.application(), key="another after a crash")
        assert isinstance(second_try, requests.CaseReply)
        assert (second_try.case, second_try.repeated) == (first.case, True)


async def test_the_centre_started_again_knows_the_key_and_the_case(url):
    async with running(url) as (centre, (kiosk,)):
        first = await ask(kiosk, centre.application(), key="K")
    async with running(url, seed=9) as (centre, (kiosk,)):
        assert await ask(kiosk, centre.application(), key="K") == first
        assert centre.app.reader.first_broken() is None


async def test_every_event_of_a_case_is_in_the_ledger_under_its_kind_and_erasable(url):
    async with running(url) as (centre, (kiosk,)):
        reply = await ask(kiosk, centre.application())
        number = reply.case
        decide = lambda office, case, at: clerk.decide(office, case, "2006", "shop-sign", Outcome.GRANTED, at)  # noqa: E731
        case = await centre.app.cases.act(number, decide)
        code = case.application.pickup_code
        await centre.app.cases.act(number, lambda o, c, at: clerk.hand_out(o, c, "3001", "pickup_code", code, at))
        kinds = [(event.kind, type(event.fact).__name__) for event in centre.events()]
        assert kinds == [
            (LedgerKind.APPLICATION, "ApplicationSubmitted"), (LedgerKind.ACCEPTANCE, "CaseAccepted"),
            (LedgerKind.DECISION, "PartDecided"), (LedgerKind.LICENCE, "LicenceMade"),
            (LedgerKind.LICENCE, "ResultHandedOut"),
        ]  # fmt: skip
        await centre.app.erase(centre.clock.now() + timedelta(days=1), "test")
        assert centre.events()[0].fact.applicant is None
        assert centre.app.reader.first_broken() is None
        assert (await centre.app.cases.case(number)).application.applicant.name == "张三"


async def test_a_material_named_by_bytes_that_are_not_here_waits_for_them(url):
    data = b"\x89PNG" + bytes(60_000)
    digest = sha256(data).hexdigest()
    async with running(url) as (centre, (kiosk,)):
        given = (GivenMaterial(code="sign-picture", way=MaterialWay.PHOTO, digest=digest, pages=1),)
        request = centre.application(materials=given)
        assert await ask(kiosk, request) == requests.CaseRefused(code=CaseRefusal.BAD_DOCUMENT, detail="sign-picture")
        offset, reply = 0, None
        while offset < len(data):
            piece = data[offset : offset + requests.PART_BYTES]
            body = requests.SendDocument(digest=digest, size=len(data), offset=offset, data=piece)
            reply = await ask(kiosk, body)
            assert reply == await ask(kiosk, body)
            offset = reply.received
        assert reply.is_complete
        assert isinstance(await ask(kiosk, request), requests.CaseReply)


async def test_bytes_that_do_not_have_their_name_are_thrown_away(url):
    async with running(url) as (_, (kiosk,)):
        body = requests.SendDocument(digest="ab" * 32, size=3, offset=0, data=b"abc")
        reply = await ask(kiosk, body)
        assert (reply.received, reply.is_complete) == (0, False)


async def test_progress_by_bare_number_is_not_personal_by_code_and_card_it_is(url):
    async with running(url) as (centre, (kiosk,)):
        made = await ask(kiosk, centre.application())
        bare = (await ask(kiosk, requests.AskProgress(case=made.case))).cases[0]
        assert (bare.state, bare.applicant, bare.link, bare.steps) == (PublicState.ACCEPTED, "", "", ())
        code = made.notice.query_code
        full = (await ask(kiosk, requests.AskProgress(case=made.case, query_code=f"{code[:4]} {code[4:]}"))).cases[0]
        assert full.applicant == "张*"
        mine = await ask(kiosk, requests.AskProgress(identity="000000190001010017"))
        assert [one.case for one in mine.cases] == [made.case]
        wrong = await ask(kiosk, requests.AskProgress(case=made.case, query_code="AAAAAAAA"))
        assert wrong == requests.CaseRefused(code=CaseRefusal.NO_CASE)


async def test_the_check_before_submitting_says_what_the_submission_will_be_answered(url):
    async with running(url) as (centre, (kiosk,)):
        whole = centre.application(
            "food-licence", leave=("premises-proof",), promises=("health-certificate",), defers=True
        )
        check = requests.CheckApplication(
            items=whole.items, situation=whole.situation, answers=whole.answers, materials=whole.materials,
            promises=whole.promises, defers=True,
        )  # fmt: skip
        told, made = await ask(kiosk, check), await ask(kiosk, whole)
        assert (told.kind, told.due, told.outstanding) == (made.notice.kind, made.notice.due, made.notice.outstanding)
        assert len([day for day in told.days if day.number]) == 5


async def test_what_is_on_file_is_offered_with_consent_only(url):
    async with running(url) as (centre, (kiosk,)):
        await ask(kiosk, centre.application())
        no = requests.AskOnFile(identity="000000190001010017", items=("tobacco-licence",), consent=False)
        assert await ask(kiosk, no) == requests.CaseRefused(code=CaseRefusal.NO_CONSENT)
        found = await ask(kiosk, msgspec.structs.replace(no, consent=True))
        assert [one.code for one in found.materials] == ["business-licence"]
        assert "shop-name" in {one.code for one in found.answers}


async def test_a_reprint_is_the_same_paper_with_the_next_copy_number(url):
    async with running(url) as (centre, (kiosk,)):
        made = await ask(kiosk, centre.application())
        again = requests.ReprintNotice(document=made.notice.document, link=made.notice.link)
        copies = [(await ask(kiosk, again)).notice for _ in range(2)]
        assert [one.copy for one in copies] == [1, 2]
        assert {one.fingerprint for one in copies} == {made.notice.fingerprint}


async def test_the_catalogue_is_told_in_pages_and_not_again_while_it_is_unchanged(url):
    async with running(url) as (centre, (kiosk,)):
        whole = await ask(kiosk, requests.AskCatalogue())
        assert len(whole.entries) == 44
        assert (await ask(kiosk, requests.AskCatalogue(known=whole.fingerprint))).entries == ()
        item = centre.office.catalogue.at("shop-sign", date(2026, 9, 13))
        centre.app.cases.store.publish(msgspec.structs.replace(item, version=2), "4001", centre.clock.now())
        renewed = await ask(kiosk, requests.AskCatalogue(known=whole.fingerprint))
        assert {one.code: one.version for one in renewed.entries}["shop-sign"] == 2
    async with running(url) as (centre, (kiosk,)):
        assert (await ask(kiosk, requests.AskItem(item="shop-sign"))).guide.version == 2


async def test_a_published_guide_is_told_to_every_kiosk_at_once(url):
    async with running(url) as (centre, (kiosk,)):
        told: list[requests.RenewCatalogue] = []

        async def obey(_address, command, _envelope):
            told.append(command)
            return CommandDone()

        kiosk.on_command = obey
        item = centre.office.catalogue.at("shop-sign", date(2026, 9, 13))
        await centre.app.cases.publish(msgspec.structs.replace(item, version=2), "4001")
        await asyncio.sleep(0.05)
        assert told == [requests.RenewCatalogue(fingerprint=centre.office.catalogue.fingerprint(date(2026, 9, 13)))]


async def test_a_device_of_another_kind_is_not_answered(url):
    async with running(url) as (centre, _):
        stranger = centre.kiosk(1, "rating-pad")
        data = stranger.postmark.stamp(requests.AskCatalogue(), key="K", service="intake")
        message = RelayedRequest(topic=stranger.address.topic(Channel.REQUEST), message=msgspec.Raw(data))
        before = centre.app.device.refused
        centre.uplink.link.publish(UPLINK.topic(Channel.REQUEST), centre.uplink.postmark.stamp(message))
        for _ in range(10):
            await asyncio.sleep(0)
        assert centre.app.device.refused == before + 1


async def test_a_new_table_of_working_days_moves_open_cases_and_says_which(url):
    async with running(url) as (centre, (kiosk,)):
        made = await ask(kiosk, centre.application())
        store, old = centre.app.cases.store, centre.office.calendar
        holidays = [day for day in old.holidays if day.year == 2026] + [date(2026, 9, 15)]
        shifted = [day for day in old.shifted if day.year == 2026]
        moved = store.change_calendar("2026 second notice", 2026, (holidays, shifted), "4001", centre.clock.now())
        assert moved == [(made.case, date(2026, 9, 15), date(2026, 9, 16))]
        assert store.case(made.case).due == date(2026, 9, 16)


async def test_a_hundred_kiosks_submit_at_once(url):
    numbers = range(1, 101)
    async with running(url, *numbers, writer=ThreadWriter("test")) as (centre, kiosks):

        async def one(place: int) -> None:
            day = date(1900, 1, 1) + timedelta(days=place)
            reply = await ask(kiosks[place], centre.application(person=identity(day)), patience=60)
            assert isinstance(reply, requests.CaseReply), reply

        await asyncio.gather(*(one(place) for place in range(100)))
        assert len({event.fact.case for event in centre.events()}) == 100
        assert centre.app.reader.first_broken() is None


def identity(day: date) -> str:
    first = f"000000{day:%Y%m%d}001"
    return first + check_character(first)


@asynccontextmanager
async def browser(centre: Centre, host: str = "127.0.0.1"):
    transport = httpx.ASGITransport(app=build(centre.app.site()), client=(host, 1))
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", follow_redirects=True) as client:
        yield client
