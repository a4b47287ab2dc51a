"""One made-up moment of every screen of the kiosk, by name."""

from dataclasses import replace

from contract.cases import CaseRefusal, NoticeKind, PublicState
from contract.catalogue import EntryKind
from contract.queue import Estimate, EstimateBasis
from contract.queue_requests import TicketIssuedReply
from contract.rating import RatingGrade, RatingReason
from hall24.kiosk_scenes import (
    CASE,
    CORNERS,
    IDENTITY,
    LATER,
    LINK,
    LONG_NAME,
    MISSING,
    NIGHT,
    NOON,
    RARE_NAME,
    SIGNED,
    TODAY,
    brought,
    check,
    choice,
    filled,
    item,
    notice,
    person,
    progress,
    sheet,
    topic_choice,
    typing,
    view_of,
    wave,
    world,
)
from hallkit.rules.item_search import ItemSearch
from kiosk.core.forms import SMALL_FORMS
from kiosk.core.session import (
    Aim,
    FieldFault,
    Form,
    Help,
    Issued,
    Layout,
    Proof,
    Reading,
    Session,
    Shelf,
    Slip,
    Told,
    Typing,
)
from kiosk.core.table import State
from kiosk.core.world import Outage, Part
from kiosk.screens import View

S = State
APPLYING = Session(state=S.FORM, aim=Aim.APPLY, choice=choice(), person=person(), form=filled(), brought=brought())
COSTLY = next(item(one.code) for one in world().entries if one.kind is EntryKind.ITEM and item(one.code).fee_cents)
FULL = replace(world(), outages=(Outage(Part.STORE, "full"), Outage(Part.CARD, "silent")))
LONG_ADDRESS = "示例市示例区新河路 8 号示例商业广场东侧附属楼一层 102 室（原示例百货南门旁）"
TICKET = TicketIssuedReply(
    ticket="A042", service="A", business_day=TODAY, issued_at=NOON, ahead=6, link=LINK,
    estimate=Estimate(low_minutes=12, high_minutes=20, basis=EstimateBasis.QUEUE_LENGTH),
)  # fmt: skip
WITHOUT_PAPER = replace(world(), outages=(Outage(Part.SLIP, "paper_out"),))
POOR = replace(world(), is_away=True, outages=(Outage(Part.SHEET, "paper_out"), Outage(Part.CARD, "silent")))


def small(state: State, code: str, text: str = "", **changes: object) -> Session:
    """Return a session on one of the small forms, its field `code` with the keyboard."""
    asked = next(one for one in SMALL_FORMS[state] if one.code == code)
    entry = Form(fields=SMALL_FORMS[state])
    digits = asked.kind.value in ("identity", "number", "phone")
    layout = Layout.DIGITS if digits else Layout.PINYIN
    typed = Typing(code=code, text=text, longest=asked.longest, layout=layout)
    return replace(Session(state=state, aim=Aim.APPLY, entry=entry, typing=typed), **changes)  # type: ignore[arg-type]


def searching(keys: str) -> Session:
    """Return a session that types into the search."""
    start = Typing(code="search", longest=20, layout=Layout.PINYIN)
    typed = typing(keys, start)
    found = ItemSearch(world().entries).find(typed.text + typed.composing)
    entry = Form(fields=SMALL_FORMS[S.SEARCH])
    return Session(state=S.SEARCH, aim=Aim.APPLY, entry=entry, typing=typed, shelf=Shelf(found=found))


def typed_in_form(code: str, keys: str, text: str = "", layout: Layout = Layout.PINYIN) -> Session:
    """Return the application's form with one field being typed."""
    asked = next(one for one in APPLYING.form.fields if one.code == code)
    return replace(APPLYING, typing=typing(keys, Typing(code=code, text=text, longest=asked.longest, layout=layout)))


def delivered(kind: NoticeKind = NoticeKind.ACCEPTANCE, slip: Slip = Slip.PRINTING, **changes: object) -> Session:
    """Return a session whose application was answered."""
    return replace(APPLYING, state=S.DELIVER, issued=Issued(notice=notice(kind, **changes), slip=slip))


_FAULTY = filled(
    faults=(FieldFault(code="applicant-phone", word="phone"), FieldFault(code="shop-name", word="required"))
)
_FOUND = (progress(), progress(PublicState.CORRECTION, defects=(MISSING,)),
          progress(PublicState.FINISHED, item="个体工商户设立登记", due=None, pickup_code="482913"))  # fmt: skip

MOMENTS: dict[str, tuple[Session, dict[str, object]]] = {
    "attract": (Session(), {}),
    "attract-night": (Session(), {"now": NIGHT}),
    "home": (Session(state=S.HOME), {}),
    "home-known": (Session(state=S.HOME, person=person()), {"seen": POOR}),
    "browse": (Session(state=S.BROWSE, aim=Aim.APPLY), {}),
    "browse-theme": (Session(state=S.BROWSE, aim=Aim.APPLY, shelf=Shelf(theme="就业创业")), {}),
    "search": (searching("shipinjing"), {}),
    "search-empty": (searching(""), {}),
    "guide": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=choice()), {}),
    "guide-blocks": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=choice(), page=1), {}),
    "guide-steps": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=choice(), page=2), {}),
    "guide-questions": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=choice(), page=3), {}),
    "topic": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=topic_choice()), {}),
    "topic-papers": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=topic_choice(), page=1), {}),
    "topic-steps": (Session(state=S.GUIDE, aim=Aim.APPLY, choice=topic_choice(), page=9), {}),
    "situation": (Session(state=S.SITUATION, aim=Aim.APPLY, choice=replace(topic_choice(), situation=(
        topic_choice().situation[:2]))), {}),
    "identify": (Session(state=S.IDENTIFY, aim=Aim.APPLY, choice=choice()), {}),
    "identify-again": (Session(state=S.IDENTIFY, aim=Aim.APPLY, choice=choice(), reading=Reading.LIFT), {}),
    "identify-code": (Session(state=S.IDENTIFY, aim=Aim.PROGRESS, by=Proof.CODE), {}),
    "number": (small(S.NUMBER, "identity", IDENTITY[:15], choice=choice()), {}),
    "number-name": (small(S.NUMBER, "name", LONG_NAME, choice=choice()), {}),
    "consent": (replace(APPLYING, state=S.CONSENT), {}),
    "form": (APPLYING, {}),
    "form-faults": (replace(APPLYING, form=_FAULTY), {}),
    "form-long": (replace(APPLYING, form=filled(LONG_NAME)), {}),
    "form-last": (replace(APPLYING, form=filled(page=1)), {}),
    "typing": (typed_in_form("shop-name", "mianguan", "示例市巷口"), {}),
    "typing-latin": (typed_in_form("shop-name", "", "Hello", Layout.LATIN), {}),
    "typing-signs": (typed_in_form("shop-name", "", "示例市", Layout.SYMBOLS), {}),
    "typing-number": (typed_in_form("applicant-phone", "", "1000000", Layout.DIGITS), {}),
    "typing-long": (typed_in_form("premises-address", "lu", LONG_ADDRESS), {}),
    "typing-rare": (typed_in_form("applicant-name", "yan", RARE_NAME), {}),
    "materials": (replace(APPLYING, state=S.MATERIALS), {}),
    "materials-check": (Session(state=S.MATERIALS, aim=Aim.PRECHECK, choice=choice(), brought=brought()[:2]), {}),
    "capture": (replace(APPLYING, state=S.CAPTURE, material=brought()[2].code, brought=()),
                {"preview": sheet(), "corners": CORNERS}),
    "capture-pages": (replace(APPLYING, state=S.CAPTURE, material=brought()[1].code, page=1),
                      {"preview": sheet(), "corners": CORNERS}),
    "capture-dark": (replace(APPLYING, state=S.CAPTURE, material=brought()[2].code, brought=()), {}),
    "sign": (replace(APPLYING, state=S.SIGN), {}),
    "sign-signed": (replace(APPLYING, state=S.SIGN, **SIGNED),  # type: ignore[arg-type]
                    {"line": tuple((round(ink.x), round(ink.y)) for ink in wave(760, 20))}),
    "review": (replace(APPLYING, state=S.REVIEW, check=check(), **SIGNED), {}),  # type: ignore[arg-type]
    "review-long": (replace(APPLYING, state=S.REVIEW, form=filled(LONG_NAME), person=person(LONG_NAME),
                            check=check(NoticeKind.CORRECTION, defects=(MISSING,), due=None, outstanding=())), {}),
    "review-away": (replace(APPLYING, state=S.REVIEW), {}),
    "submitting": (replace(APPLYING, state=S.SUBMITTING), {}),
    "working": (replace(APPLYING, state=S.WORKING), {}),
    "pay": (replace(APPLYING, state=S.PAY, choice=choice(item=COSTLY), issued=Issued(notice=notice())), {}),
    "deliver": (delivered(), {}),
    "deliver-later": (delivered(NoticeKind.CONDITIONAL, Slip.PRINTED, outstanding=(LATER,)), {}),
    "deliver-no-paper": (delivered(slip=Slip.NOT_PRINTED), {"seen": WITHOUT_PAPER}),
    "deliver-receipt": (delivered(NoticeKind.RECEIPT, Slip.NONE, due=None), {"seen": POOR}),
    "deliver-correction": (delivered(NoticeKind.CORRECTION, Slip.PRINTED, due=None, defects=(MISSING, LATER)), {}),
    "rate": (replace(APPLYING, state=S.RATE), {}),
    "rate-why": (replace(APPLYING, state=S.RATE, grade=RatingGrade.POOR, reasons=(RatingReason.WAITED_LONG,)), {}),
    "clear": (Session(state=S.CLEAR), {}),
    "clear-card": (Session(state=S.CLEAR, card_left=True), {}),
    "find": (small(S.FIND, "case", CASE[:14], aim=Aim.PROGRESS), {}),
    "cases": (Session(state=S.CASES, aim=Aim.PROGRESS, person=person(), cases=_FOUND), {}),
    "case": (Session(state=S.CASE, aim=Aim.PROGRESS, person=person(), cases=_FOUND, case=_FOUND[0]), {}),
    "case-correction": (Session(state=S.CASE, aim=Aim.PROGRESS, person=person(), case=_FOUND[1]), {}),
    "case-finished": (Session(state=S.CASE, aim=Aim.PROGRESS, person=person(), case=_FOUND[2]), {}),
    "withdraw": (Session(state=S.WITHDRAW, person=person(), case=_FOUND[0]), {}),
    "checked": (Session(state=S.CHECKED, aim=Aim.PRECHECK, choice=choice(), check=check(
        NoticeKind.CORRECTION, defects=(MISSING,))), {}),
    "checked-good": (Session(state=S.CHECKED, aim=Aim.PRECHECK, choice=choice(), check=check()), {}),
    "queues": (Session(state=S.QUEUES), {}),
    "ticket": (Session(state=S.TICKET, ticket=TICKET), {}),
    "complain": (Session(state=S.COMPLAIN), {}),
    "complain-text": (small(S.COMPLAIN, "text", "等了很久", category="slow"), {}),
    "wrong": (small(S.WRONG, "text", "地址是老的", person=person()), {}),
    "noted": (Session(state=S.NOTED, told=Told(word="complained", number="T20260914-0031")), {}),
    "refused": (Session(state=S.REFUSED, told=Told(refusal=CaseRefusal.WRONG_PROOF)), {}),
    "refused-other": (replace(APPLYING, state=S.REFUSED, told=Told(word="fault", refusal=CaseRefusal.FAULT)), {}),
    "away": (Session(state=S.AWAY, told=Told(word="centre")), {"seen": POOR}),
    "away-kept": (Session(state=S.AWAY, told=Told(word="kept", number="7KQ2M9TX")), {"seen": POOR}),
    "help": (Session(state=S.HELP, below=S.HOME, help=Help.CALLING), {}),
    "help-heard": (replace(APPLYING, state=S.HELP, below=S.FORM, help=Help.HEARD), {}),
    "still-there": (replace(APPLYING, state=S.STILL_THERE, below=S.FORM), {}),
    "leave": (replace(APPLYING, state=S.LEAVE, below=S.REVIEW), {}),
    "fail-safe": (Session(state=S.FAIL_SAFE), {}),
    "fail-safe-submitted": (Session(state=S.FAIL_SAFE, told=Told(number=CASE)), {}),
    "fail-safe-unknown": (Session(state=S.FAIL_SAFE, told=Told(word="unknown")), {}),
    "out-of-service": (Session(state=S.OUT_OF_SERVICE), {"seen": FULL}),
    "maintenance": (Session(state=S.MAINTENANCE), {"seen": POOR}),
    "emergency": (Session(state=S.EMERGENCY), {}),
}  # fmt: skip
"""Session and what else a moment changes of `view_of`, by the name of its picture."""


def moment(name: str, mode: str = "") -> View:
    """Return one of the moments in one of the modes."""
    session, changes = MOMENTS[name]
    return view_of(session, mode=mode, **changes)  # type: ignore[arg-type]
