"""The kiosk with the longest names, the rarest characters and more of everything than fits on a screen."""

from dataclasses import replace
from itertools import product

import pytest
from msgspec.structs import replace as altered

from contract.case_requests import CheckReply
from contract.cases import NoticeKind, PaperMaterial, PublicState
from contract.catalogue import FieldKind, FormField, GuideBlocks, Option
from hall24.kiosk_moments import APPLYING, delivered
from hall24.kiosk_scenes import (
    FACE,
    LATER,
    LONG_NAME,
    MODES,
    choice,
    filled,
    item,
    person,
    progress,
    topic,
    view_of,
    world,
)
from hallkit.touch.audit import assert_good
from hallkit.touch.look import RESTING
from hallkit.touch.scene import Scene
from kiosk.core.session import Aim, Brought, Choice, Form, Session, Shelf, Slip, Typing
from kiosk.core.table import State
from kiosk.screens import show, targets_of, widgets

WORDY = "示例市重点建设项目临时占用城市道路挖掘绿地迁移树木及相关配套设施联合审批（含延期、变更、补办）"
ENGLISH = "Joint approval of the temporary occupation of roads and of green land for key projects"
RARE = "欧阳䶮𬱖㛃鿍"
ENTRIES = tuple(
    altered(one, name=f"{WORDY}{place}", name_en=f"{ENGLISH} {place}",
            closed="系统升级，9月15日 周二 8:30 起可办" if place == 2 else "")
    for place, one in enumerate(world().entries[:9])
)  # fmt: skip
GUIDE = altered(
    item(), name=WORDY, name_en=ENGLISH,
    blocks=GuideBlocks(basis="示例法规第一条规定，申请人应当符合条件。" * 30, timing="受理后 5 个工作日内办好。" * 12,
                       fees="按面积收费每平方米三元不足一平方米的按一平方米算" * 12, notes="请先备好材料。" * 40),
    materials=tuple(altered(one, code=f"{one.code}{place}", name=f"{one.name}（{WORDY[:24]}）")
                    for place in range(3) for one in item().materials),
    steps=item().steps * 4,
)  # fmt: skip
LONG = choice(item=GUIDE)
MISSING = tuple(PaperMaterial(title=WORDY[:30], detail=WORDY) for _ in range(5))
MANY = tuple(progress(state, item=WORDY[:40], case=f"0000002609140000{place:04d}")
             for place, state in enumerate([*PublicState, *PublicState]))  # fmt: skip
OPTIONS = tuple(Option(code=f"o{place}", label=WORDY[place : place + 12], label_en=ENGLISH[:20]) for place in range(7))
FIELDS = (
    FormField(code="a", label=WORDY[:24], label_en=ENGLISH[:50], required=False, hint=WORDY[:30]),
    FormField(code="b", label=WORDY[:12], label_en=ENGLISH[:20], kind=FieldKind.CHOICE, options=OPTIONS),
)
CASES: dict[str, Session] = {
    "browse": Session(state=State.BROWSE, aim=Aim.APPLY),
    "search": Session(state=State.SEARCH, aim=Aim.APPLY, shelf=Shelf(found=ENTRIES),
                      entry=Form(fields=(FormField(code="search", label="搜索", label_en="Search"),)),
                      typing=Typing(code="search", text=WORDY[:20])),
    **{f"guide-{page}": Session(state=State.GUIDE, aim=Aim.APPLY, choice=LONG, page=page) for page in range(12)},
    **{f"topic-{page}": Session(state=State.GUIDE, aim=Aim.CONSULT, choice=Choice(
        kind="topic", code="x", topic=altered(topic(), name=WORDY, parts=topic().parts * 4)), page=page)
       for page in range(4)},
    "materials": Session(state=State.MATERIALS, aim=Aim.APPLY, choice=LONG, page=2),
    "capture": replace(APPLYING, state=State.CAPTURE, choice=LONG, material=GUIDE.materials[0].code),
    "form": replace(APPLYING, form=filled(LONG_NAME)),
    "form-options": replace(APPLYING, form=Form(fields=FIELDS[1:])),
    "form-hint": replace(APPLYING, form=Form(fields=FIELDS[:1])),
    "review": replace(APPLYING, state=State.REVIEW, choice=LONG, person=person(RARE), brought=(Brought(code="x"),),
                      check=CheckReply(kind=NoticeKind.CORRECTION, parts=(), defects=MISSING)),
    "checked": Session(state=State.CHECKED, choice=LONG,
                       check=CheckReply(kind=NoticeKind.CORRECTION, parts=(), defects=MISSING,
                                        outstanding=(LATER,) * 4)),
    "deliver": delivered(NoticeKind.CONDITIONAL, Slip.NOT_PRINTED, item=WORDY, outstanding=MISSING,
                         responsible=LONG_NAME),
    "cases": Session(state=State.CASES, person=person(), cases=MANY, page=1),
    "case": Session(state=State.CASE, person=person(), case=altered(MANY[0], outstanding=MISSING)),
    "withdraw": Session(state=State.WITHDRAW, person=person(), case=MANY[0]),
    "queues": Session(state=State.QUEUES),
}  # fmt: skip
MOST = ("", "elder", "lowered", "english", "elder-lowered", "elder-english", "elder-lowered-english")


@pytest.mark.parametrize("name,mode", list(product(CASES, MOST)), ids=lambda one: one or "usual")
def test_nothing_is_too_long_for_a_screen(name: str, mode: str) -> None:
    queues = tuple((f"Q{place}", WORDY[:30], ENGLISH) for place in range(8))
    face = replace(FACE, queues=queues)
    view = view_of(CASES[name], mode=mode, seen=replace(world(), entries=ENTRIES), face=face)
    scene = Scene()
    show(scene, view)
    assert_good(scene, view.look)


@pytest.mark.parametrize("mode", MODES)
def test_every_word_of_a_long_guide_stands_on_one_of_its_pages(mode: str) -> None:
    seen, page = "", 0
    while True:
        view = view_of(Session(state=State.GUIDE, aim=Aim.APPLY, choice=LONG, page=page), mode=mode)
        placed = [widget.layout(view.look, RESTING) for widget in widgets(view)]
        seen += "".join(text for one in placed for text in one.spoken)
        if "page:1" not in targets_of(view):
            break
        page += 1
    plain = seen.replace(" ", "")
    for told in (*LONG.materials, *GUIDE.steps):
        assert told.name.replace(" ", "") in plain
    for text in (GUIDE.blocks.basis, GUIDE.blocks.timing, GUIDE.blocks.fees, GUIDE.blocks.notes):
        ends = [part for part in text.split("。") if part]
        assert sum(plain.count(part.replace(" ", "")) for part in set(ends)) >= len(ends) - page
    for one in GUIDE.faq:
        assert one.answer.replace(" ", "") in plain
