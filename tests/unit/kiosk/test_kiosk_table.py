import random
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import settings

from contract.case_requests import CheckReply, OnFileReply
from contract.cases import CaseProgress, Notice, NoticeKind, PublicState
from contract.catalogue import FieldKind, MaterialWay
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.cases import plan as plans
from intake_server.core.cases import situation
from intake_server.core.cases.catalogue import public_guide, public_topic
from intake_server.store.case_data import load_catalogue
from kiosk.core.application import application_of, signed_bytes
from kiosk.core.diagram import states_page
from kiosk.core.happening import Cases, Drawn, Happened, Means, SlipNews
from kiosk.core.moves import IGNORED, LIMITS, QUESTIONS, TABLE, Effect, Guard, Move
from kiosk.core.session import Aim, Brought, Choice, Issued, Page, Person, Proof, Reading, Session, Slip, Told
from kiosk.core.step import Step, step
from kiosk.core.strokes import Ink
from kiosk.core.table import Event, State
from simulators.id_cards import synthetic_number

PAGE = Path(__file__).parents[3] / "docs" / "kiosk" / "states.md"
TODAY = date(2026, 9, 13)
NOW = datetime(2026, 9, 13, 2, 30, tzinfo=SHANGHAI)
MEANS = Means(today=TODAY, demo=True)
CATALOGUE = load_catalogue()
ITEM = public_guide(CATALOGUE.at("food-licence", TODAY))
TOPIC = public_topic(plans.topic_guide(CATALOGUE, "open-restaurant", situation.answers_of(()), TODAY))
PERSON = Person(name="演示人", identity=synthetic_number(date(1984, 2, 29), 1), address="演示路1号", proof=Proof.CARD)
NOTICE = Notice(
    document="D1", kind=NoticeKind.ACCEPTANCE, case="0" * 20, issued_at=NOW, applicant="演*", identity="000***0010",
    item="x", responsible="", responsible_phone="", promise_days=1, link="L" * 22, query_code="12345678",
)  # fmt: skip
CASE = CaseProgress(case="0" * 20, state=PublicState.ACCEPTED, item="x", as_of=NOW)
STROKE = Drawn(tuple(Ink(at * 10, 10.0 + 20 * at, 30.0) for at in range(12)), (800, 300))
BRINGS = {
    Event.CARD: [PERSON, None],
    Event.SCAN: [PERSON, Reading.BAD_CODE, None],
    Event.CARD_FAULT: [Reading.KEEP_STILL, Reading.LIFT, Reading.UNUSABLE],
    Event.GUIDED: [ITEM, TOPIC],
    Event.ON_FILE: [OnFileReply()],
    Event.CHECKED: [CheckReply(kind=NoticeKind.ACCEPTANCE, parts=())],
    Event.SUBMITTED: [Issued(notice=NOTICE)],
    Event.REPRINTED: [Issued(notice=NOTICE)],
    Event.FOUND: [Cases((CASE,)), Cases((CASE, CASE))],
    Event.PAPER: [
        Brought(code="premises-proof", way=MaterialWay.PHOTO, pages=(Page(sha256="0" * 64),), digest="0" * 64)
    ],
    Event.STROKE: [STROKE],
    Event.PRINTING: [SlipNews(NOTICE.document, Slip.PRINTED), SlipNews(NOTICE.document, Slip.NOT_PRINTED, "paper_out")],
    Event.REFUSED: [Told(word="no_case")],
}
TEXTS = {
    Event.PICK: ["item:food-licence", "topic:open-restaurant", "queue:A"],
    Event.KEY: ["a", "1", "delete", "clear", "X", "pick:0", "layout:digits"],
    Event.PAGE: ["1", "-1"],
    Event.FIELD: [one.code for one in ITEM.fields] + ["case", "text", "nothing"],
    Event.ANSWER: ["is-company:yes", "has-sign:no", "nothing:no", ""],
    Event.WAY: [f"{one.code}:{way}" for one in ITEM.materials for way in ("photo", "scan", "form", "promised")],
    Event.BY: ["card", "code", "number"],
    Event.LATER: [one.code for one in ITEM.materials],
    Event.MATERIAL: [one.code for one in ITEM.materials],
    Event.GRADE: ["1", "5", "9"],
    Event.REASON: ["attitude", "x"],
    Event.DELIVERY: ["post", "window", "x"],
    Event.CASE: ["0", "1", "7", ""],
}  # fmt: skip


def test_every_pair_of_a_state_and_an_event_is_decided_exactly_once() -> None:
    for state in State:
        assert set(TABLE[state]) | IGNORED[state] == set(Event), state
        assert not set(TABLE[state]) & IGNORED[state], state


def test_every_choice_of_moves_ends_with_one_that_always_holds() -> None:
    for state, row in TABLE.items():
        for event, ways in row.items():
            if not isinstance(ways, Move):
                assert ways[-1].only is None, (state, event)
                assert all(one.only is not None for one in ways[:-1]), (state, event)


def test_every_state_but_attract_ends_by_itself() -> None:
    for state in State:
        assert (state in LIMITS) is (state is not State.ATTRACT)
        assert Event.TIMEOUT in TABLE[state]


def test_every_state_can_be_reached_and_every_guard_is_used() -> None:
    reached, used = {State.ATTRACT}, set()
    for row in TABLE.values():
        for ways in row.values():
            for move in (ways,) if isinstance(ways, Move) else ways:
                used.add(move.only)
                if move.to is not None:
                    reached.add(move.to)
    assert reached == set(State)
    assert used - {None} == set(Guard)


def test_failure_and_a_full_disk_are_never_ignored_while_the_kiosk_serves() -> None:
    for state in State:
        if state not in (State.FAIL_SAFE, State.OUT_OF_SERVICE):
            assert {Event.FAILED, Event.STORE_DOWN} <= set(TABLE[state]), state


@pytest.mark.parametrize("seed", range(1 + settings().max_examples // 40))
def test_ten_thousand_random_events_never_leave_the_table_and_always_come_home(seed: int) -> None:
    chance, session, seen = random.Random(seed), Session(), set()
    events = list(Event)
    for _ in range(10_000):
        seen.add(session.state)
        likely = [one for one in TABLE[session.state] if one not in (Event.FAILED, Event.STORE_DOWN, Event.EMERGENCY)]
        event = chance.choice(likely if chance.random() < 0.9 else events)
        session = random_step(session, event, chance).session
        assert session.state in TABLE
        if session.state in (State.ATTRACT, State.CLEAR, State.EMERGENCY, State.OUT_OF_SERVICE):
            assert session == Session(
                state=session.state, mode=session.mode, told=session.told, card_left=session.card_left
            ), session.state
    for _ in range(12):
        session = step(session, Happened(Event.CARD_GONE), MEANS).session
        session = step(session, Happened(Event.TIMEOUT), MEANS).session
        for news in (Event.CALM, Event.OPEN):
            session = step(session, Happened(news), MEANS).session
    assert session.is_fresh
    assert seen >= {State.FORM, State.MATERIALS, State.SIGN, State.REVIEW, State.DELIVER, State.CASES, State.RATE}


def random_step(session: Session, event: Event, chance: random.Random) -> Step:
    text = chance.choice(TEXTS.get(event, [""]))
    brings = chance.choice(BRINGS.get(event, [None]))
    return step(session, Happened(event, text, brings), MEANS)


def walk(*happened: Happened | tuple[Event, str] | Event, session: Session | None = None) -> Session:
    now = session or Session()
    for one in happened:
        event = one if isinstance(one, Happened) else Happened(one) if isinstance(one, Event) else Happened(*one)
        done = step(now, event, MEANS)
        assert done.moved, f"{event.event} means nothing on {now.state}"
        now = done.session
    return now


def typed(code: str, text: str) -> list[tuple[Event, str]]:
    return [(Event.FIELD, code), *((Event.KEY, char) for char in text), (Event.NEXT, "")]


def at_form() -> Session:
    return walk(
        Event.START, Event.APPLY, (Event.PICK, "item:food-licence"), Happened(Event.GUIDED, brings=ITEM),
        *([Event.NEXT] if not ITEM.questions else [Event.NEXT, *((Event.ANSWER, f"{one.code}:{one.options[0].code}")
                                                                 for one in ITEM.questions), Event.NEXT]),
        Happened(Event.CARD, brings=PERSON), Event.AGREE, Happened(Event.ON_FILE, brings=OnFileReply()),
    )  # fmt: skip


def test_the_card_fills_what_it_says_and_nothing_is_asked_twice() -> None:
    session = at_form()
    assert session.state is State.FORM
    assert session.form.value("applicant-name") == "演示人"
    assert "applicant-identity" in session.form.known


def test_an_empty_required_field_is_told_beside_it_and_nothing_goes_on() -> None:
    session = walk(Event.NEXT, session=at_form())
    assert session.state is State.FORM
    assert any(one.word == "required" for one in session.form.faults)


def filled_in() -> Session:
    session = at_form()
    values = {FieldKind.NUMBER: "30", FieldKind.PHONE: "13800000000", FieldKind.DATE: "2026-10-01"}
    for _ in range(6):
        for one in session.form.fields:
            if one.required and not session.form.value(one.code):
                event = (Event.CHOOSE, f"{one.code}:{one.options[0].code}") if one.options else None
                session = walk(*([event] if event else typed(one.code, values.get(one.kind, "abc"))), session=session)
        session = walk(Event.NEXT, session=session)
        if session.state is not State.FORM:
            return session
    raise AssertionError(session.form.faults)


def at_sign() -> Session:
    session = filled_in()
    for one in session.choice.materials if session.choice else ():
        if not session.material_of(one.code).is_given:
            page = Brought(code=one.code, way=MaterialWay.PHOTO, pages=(Page(sha256="1" * 64),), digest="1" * 64)
            session = walk((Event.MATERIAL, one.code), Event.SHOOT, Happened(Event.PAPER, brings=page), Event.DONE,
                           session=session)  # fmt: skip
    return walk(Event.NEXT, session=session)


def test_nobody_hands_in_what_is_not_signed() -> None:
    session = at_sign()
    assert session.state is State.SIGN
    assert walk(Event.NEXT, session=session).state is State.SIGN
    dot = Happened(Event.STROKE, brings=Drawn((Ink(0, 5.0, 5.0),), (800, 300)))
    assert walk(dot, Event.NEXT, session=session).state is State.SIGN
    assert walk(Happened(Event.STROKE, brings=STROKE), Event.NEXT, session=session).state is State.WORKING


def test_a_whole_application_ends_with_a_clean_kiosk() -> None:
    session = walk(
        Happened(Event.STROKE, brings=STROKE), Event.NEXT,
        Happened(Event.CHECKED, brings=CheckReply(kind=NoticeKind.ACCEPTANCE, parts=())), session=at_sign(),
    )  # fmt: skip
    request = application_of(session, "2" * 64)
    assert request.items == ("food-licence",)
    assert request.applicant.phone == "13800000000"
    assert all(one.way is not None for one in request.materials)
    done = walk(
        Event.SUBMIT, Happened(Event.SUBMITTED, brings=Issued(notice=NOTICE)),
        Happened(Event.PRINTING, brings=SlipNews(NOTICE.document, Slip.PRINTED)), session=session,
    )  # fmt: skip
    done = walk(Event.NEXT, session=done) if done.state is State.PAY else done
    assert done.state is State.DELIVER
    cleared = walk(Event.DONE, (Event.GRADE, "5"), Event.NEXT, session=done)
    assert cleared == Session(state=State.CLEAR, card_left=True)
    assert step(cleared, Happened(Event.TIMEOUT), MEANS).effects == (Effect.ALARM,)
    assert walk(Event.CARD_GONE, Event.TIMEOUT, session=cleared) == Session()


def test_what_is_signed_does_not_change_with_the_way_the_result_comes() -> None:
    session = at_sign()
    assert signed_bytes(session) == signed_bytes(
        walk((Event.DELIVERY, "post"), session=replace(session, state=State.REVIEW))
    )
    assert signed_bytes(session) != signed_bytes(replace(session, brought=()))


def test_a_corrected_form_must_be_signed_again() -> None:
    signed = walk(Happened(Event.STROKE, brings=STROKE), session=at_sign())
    review = replace(signed, state=State.REVIEW)
    assert review.strokes
    assert not walk(Event.EDIT_FORM, session=review).strokes


def test_a_refusal_leads_back_to_the_review_with_everything_that_was_typed() -> None:
    review = replace(walk(Happened(Event.STROKE, brings=STROKE), session=at_sign()), state=State.REVIEW)
    back = walk(Event.SUBMIT, Happened(Event.REFUSED, brings=Told(word="bad_document")), Event.BACK, session=review)
    assert back.state is State.REVIEW
    assert (back.form, back.strokes) == (review.form, review.strokes)


def test_a_centre_that_does_not_answer_the_check_does_not_hold_the_citizen_up() -> None:
    checking = walk(Happened(Event.STROKE, brings=STROKE), Event.NEXT, session=at_sign())
    assert walk(Event.AWAY, session=checking).state is State.REVIEW


def test_a_question_stands_over_its_screen_and_leads_back_to_it() -> None:
    form = at_form()
    asked = walk(Event.TIMEOUT, session=form)
    assert asked.state is State.STILL_THERE
    assert walk(Event.STAY, session=asked) == replace(form, below=State.FORM)
    assert walk(Event.TIMEOUT, session=asked).state is State.CLEAR
    assert {State.STILL_THERE, State.HELP, State.LEAVE} == QUESTIONS


def test_an_expired_card_is_told_and_after_three_failures_another_way_is_shown_first() -> None:
    session = replace(Session(), state=State.IDENTIFY, aim=Aim.APPLY, choice=Choice(code="x", item=ITEM))
    old = replace(PERSON, valid_until=date(2024, 1, 1))
    told = walk(Happened(Event.CARD, brings=old), session=session)
    assert (told.state, told.reading, told.person) == (State.IDENTIFY, Reading.EXPIRED, None)
    faults = [Happened(Event.CARD_FAULT, brings=Reading.KEEP_STILL)] * 3
    assert walk(*faults, session=session).reading is Reading.TRIED


def test_a_keyed_number_is_checked_and_shows_nobodys_cases() -> None:
    session = walk(Event.START, Event.PRINT)
    assert walk((Event.BY, "number"), session=session).state is State.IDENTIFY
    number = walk((Event.BY, "number"), session=replace(session, aim=Aim.APPLY, choice=Choice(code="x", item=ITEM)))
    wrong = walk(*typed("identity", "000000198402290011")[:-1], *typed("name", "abc"), session=number)
    assert wrong.state is State.NUMBER
    assert wrong.entry.fault("identity") == "identity"


def test_large_print_gives_three_times_the_time() -> None:
    assert Session(state=State.FORM).limit == 120
    assert walk(Event.ELDER, session=Session(state=State.FORM)).limit == 360
    assert Session().limit is None


def test_the_page_of_states_is_what_the_table_says() -> None:
    assert PAGE.read_text("utf-8") == states_page()
