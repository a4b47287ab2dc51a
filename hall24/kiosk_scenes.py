"""Made-up moments of a kiosk, one for every screen: for its pictures and for whoever tests them."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache, reduce
from io import BytesIO
from math import exp, sin

import msgspec.structs
from PIL import Image, ImageDraw

from contract.board import QueueOnBoard, QueueState
from contract.case_requests import CheckReply
from contract.cases import (
    Answer,
    CaseProgress,
    CountedDay,
    DayMark,
    Lamp,
    Notice,
    NoticeKind,
    PaperMaterial,
    ProgressStep,
    PublicState,
)
from contract.catalogue import ItemGuide, MaterialWay, TopicGuide
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.draw import draw_text
from hallkit.text.fonts import FontLibrary, system_fonts
from hallkit.touch.look import Look
from intake_server.core.cases import plan as plans
from intake_server.core.cases.catalogue import public_guide, public_topic
from intake_server.store.case_data import load_catalogue
from kiosk.core.keyboard import press
from kiosk.core.pinyin_words import Words
from kiosk.core.session import (
    Brought,
    Choice,
    Form,
    Mode,
    Page,
    Person,
    Proof,
    Session,
    Typing,
)
from kiosk.core.strokes import Ink
from kiosk.core.world import Face, World
from kiosk.drivers.pinyin_file import read_words
from kiosk.screens import View, theme_of

TODAY = date(2026, 9, 14)
NOON = datetime(2026, 9, 14, 10, 12, tzinfo=SHANGHAI)
NIGHT = datetime(2026, 9, 13, 2, 30, tzinfo=SHANGHAI)
MODES: dict[str, Mode] = {
    "": Mode(), "elder": Mode(elder=True), "english": Mode(english=True), "lowered": Mode(lowered=True),
    "contrast": Mode(contrast=True), "elder-lowered": Mode(elder=True, lowered=True),
    "elder-english": Mode(elder=True, english=True), "lowered-english": Mode(lowered=True, english=True),
    "elder-lowered-english": Mode(elder=True, lowered=True, english=True),
    "contrast-elder": Mode(contrast=True, elder=True), "night": Mode(),
}  # fmt: skip
QUEUES = (("A", "综合一窗", "General"), ("C", "公安综合", "Police"), ("H", "不动产", "Real estate"),
          ("K", "税务", "Tax"), ("E", "统一出件", "Hand-out"), ("M", "帮办", "Assistance"))  # fmt: skip
FACE = Face(
    title="示例市为民服务中心", title_en="Shili City Public Service Centre", place="24小时大厅", number="3",
    helpline="100 0000 0024", public_url="https://hall.example", demo=True, queues=QUEUES,
)  # fmt: skip
LINK, CASE = "7KQ2M9TXW4ZC8RVN5HJD6BPA3E", "00000026091400000126"
LONG_NAME = "阿卜杜热合曼·买买提·艾合买提江·吐尔逊阿依·古丽"
RARE_NAME = "欧阳䶮𬱖㛃"
IDENTITY = "00000019900307761X"


@cache
def world() -> World:
    """Return a kiosk where all works, with the demonstration's catalogue and queues."""
    entries = load_catalogue().entries(TODAY)
    boards = {
        name: QueueOnBoard(service=name, state=QueueState.OPEN, waiting=waiting, low_minutes=low, high_minutes=high)
        for name, waiting, low, high in (("A", 6, 12, 20), ("C", 2, 5, 10), ("K", 0, 0, 0), ("E", 1, 3, 6))
    }
    boards["H"] = QueueOnBoard(service="H", state=QueueState.FULL, waiting=31, reopens=NOON + timedelta(days=1))
    return World(entries=entries, is_linked=True, queues=boards)


@cache
def item(code: str = "food-licence") -> ItemGuide:
    """Return a guide of the demonstration's catalogue."""
    return public_guide(load_catalogue().at(code, TODAY))


@cache
def topic(code: str = "open-restaurant") -> TopicGuide:
    """Return a topic of the demonstration's catalogue, its questions answered."""
    answers = {"is-company": "yes", "area-over-50": "yes", "has-sign": "yes", "sells-tobacco": "no"}
    return public_topic(plans.topic_guide(load_catalogue(), code, answers, TODAY))


@cache
def sheet(words: str = "食品安全管理制度", size: tuple[int, int] = (900, 640)) -> bytes:
    """Return a photograph of a made-up page on a dark table, as JPEG."""
    picture = Image.new("RGB", size, (38, 52, 58))
    draw = ImageDraw.Draw(picture)
    draw.polygon([(250, 60), (640, 44), (664, 590), (262, 606)], fill=(250, 248, 242))
    for row in range(9):
        draw.line([(300, 190 + row * 40), (600 - row * 37 % 130, 182 + row * 40)], fill=(150, 158, 160), width=9)
    chain = system_fonts().ui(30, True)
    draw_text(picture, (320, 100), words, chain, (30, 40, 44))
    out = BytesIO()
    picture.save(out, "JPEG", quality=80)
    return out.getvalue()


CORNERS = ((0.278, 0.094), (0.711, 0.069), (0.738, 0.922), (0.291, 0.947))


def wave(at: int, count: int = 40) -> tuple[Ink, ...]:
    """Return one made-up stroke on the pad, `at` pixels from its left."""
    return tuple(
        Ink(10 * step, at + 4 * step, 260 + 90 * sin(step / 5 + at) * exp(-step / 60), None) for step in range(count)
    )


SIGNED = {"strokes": (wave(150), wave(380), wave(600)), "pad": (968, 520)}
CHOICE = Choice(code="food-licence")


def choice(**changes: object) -> Choice:
    """Return the choice of the food licence with its guide."""
    return replace(Choice(kind="item", code="food-licence", item=item()), **changes)  # type: ignore[arg-type]


def topic_choice() -> Choice:
    """Return the choice of opening a restaurant, every question answered."""
    told = (("is-company", "yes"), ("area-over-50", "yes"), ("has-sign", "yes"), ("sells-tobacco", "no"))
    situation = tuple(Answer(code=code, value=value) for code, value in told)
    return Choice(kind="topic", code="open-restaurant", topic=topic(), situation=situation)


def person(name: str = "张示例") -> Person:
    """Return a made-up citizen."""
    return Person(name=name, identity=IDENTITY, address="示例省示例市示例区示例路 1 号", proof=Proof.CARD)


def filled(name: str = "张示例", *, without: str = "", **changes: object) -> Form:
    """Return the licence's form, half filled in, one field left out."""
    values = {"applicant-name": name, "applicant-identity": IDENTITY, "applicant-phone": "10000000001",
              "shop-name": "示例市巷口面馆",
              "premises-address": "示例市示例区新河路 8 号示例商业广场 1 层 102 室"}  # fmt: skip
    fields = item().fields
    answers = tuple(
        Answer(code=one.code, value=values[one.code]) for one in fields if one.code in values and one.code != without
    )
    form = Form(fields=fields, answers=answers, known=("applicant-name", "applicant-identity"))
    return replace(form, **changes)  # type: ignore[arg-type]


def typing(keys: Iterable[str], start: Typing) -> Typing:
    """Return what is typed after some keys."""
    words = words_of()
    return reduce(lambda typed, key: press(typed, key, words), keys, start)


@cache
def words_of() -> Words:
    """Return the keyboard's words with the demonstration's names."""
    return read_words(world().entries, system_fonts().ui(48).covers)


def brought() -> tuple[Brought, ...]:
    """Return the licence's materials: one on file, one photographed, one to follow, the rest not yet."""
    codes = [one.code for one in choice().materials]
    pages = (Page(thumbnail=sheet(), sha256="0" * 64), Page(thumbnail=sheet(), sha256="1" * 64, flaws=("glare",)))
    found = [
        Brought(code=codes[0], way=MaterialWay.ON_FILE),
        Brought(code=codes[1], way=MaterialWay.PHOTO, pages=pages),
    ]
    return (*found, *(Brought(code=code, way=MaterialWay.PHOTO, is_later=True) for code in codes[-1:]))


def notice(kind: NoticeKind = NoticeKind.ACCEPTANCE, **changes: object) -> Notice:
    """Return a made-up notice."""
    told = Notice(
        document="示政受〔2026〕000318 号", kind=kind, case=CASE, issued_at=NOON, applicant="张*",
        identity="000***********761X", item="食品经营许可", responsible="李*（商事登记窗口）",
        responsible_phone="100 0000 0101", promise_days=5, link=LINK, query_code="7KQ2M9TX",
        due=date(2026, 9, 18), received_on=TODAY,
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


LATER = PaperMaterial(title="场地使用证明", detail="5 个工作日内补交", due=date(2026, 9, 18))
MISSING = PaperMaterial(title="从业人员健康证明", detail="每位从业人员一份，在有效期内")


def progress(state: PublicState = PublicState.REVIEW, **changes: object) -> CaseProgress:
    """Return how a made-up case stands."""
    steps = (
        ProgressStep(code="submitted", title="提交", at=NOON), ProgressStep(code="accepted", title="受理", at=NOON),
        ProgressStep(code="review", title="审查材料", expected=date(2026, 9, 16), is_now=True),
        ProgressStep(code="decided", title="决定", expected=date(2026, 9, 18)),
    )  # fmt: skip
    told = CaseProgress(
        case=CASE, state=state, item="食品经营许可", as_of=NOON, applicant="张*", link=LINK, due=date(2026, 9, 18),
        days_left=4, lamp=Lamp.GREEN, responsible="李*", steps=steps, documents=("示政受〔2026〕000318 号",),
    )  # fmt: skip
    return msgspec.structs.replace(told, **changes)


def check(kind: NoticeKind = NoticeKind.CONDITIONAL, **changes: object) -> CheckReply:
    """Return what an application would be answered."""
    days = tuple(CountedDay(day=TODAY + timedelta(days=day), mark=DayMark.COUNTED, number=day) for day in range(1, 6))
    told = CheckReply(kind=kind, parts=(), outstanding=(LATER,), due=date(2026, 9, 18), days=days)
    return msgspec.structs.replace(told, **changes)


def view_of(session: Session, *, mode: str = "", now: datetime | None = None, seen: World | None = None,
            fonts: FontLibrary | None = None, **changes: object) -> View:  # fmt: skip
    """Return a moment of the demonstration's kiosk in one of `MODES`."""
    moved = replace(session, mode=MODES[mode])
    when = now or (NIGHT if mode == "night" else NOON)
    look = Look(theme_of(moved, when), fonts or system_fonts())
    shown = View(session=moved, world=seen or world(), face=FACE, now=when, look=look, left=13)
    return replace(shown, **changes)  # type: ignore[arg-type]
