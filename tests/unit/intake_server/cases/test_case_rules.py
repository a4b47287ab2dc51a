"""How an application is answered: never without a notice, everything told at once, nobody decides alone."""

from dataclasses import replace
from datetime import date, timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract import case_facts as facts
from contract.case_requests import SupplementCase
from contract.cases import Applicant, CaseRefusal, CaseState, Defect, GivenMaterial, Lamp, NoticeKind, Outcome
from contract.catalogue import MaterialWay, Need
from intake_server.core.cases import clerk, desk, progress, words
from intake_server.core.cases.case import TABLE, evolve
from intake_server.core.cases.case import CaseState as S
from intake_server.core.cases.deadlines import pass_time
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.notice import fingerprint, notice_of

ANSWERS = {NoticeKind.ACCEPTANCE, NoticeKind.CONDITIONAL, NoticeKind.CORRECTION, NoticeKind.REFUSAL}


def paper(house, case, number=-1):
    return notice_of(house.office, case, case.papers[number].document)


def bring(*codes, **more):
    given = tuple(GivenMaterial(code=code, way=MaterialWay.PHOTO, pages=1) for code in codes)
    return SupplementCase(materials=given, **more)


def refused(code):
    return pytest.raises(RefusedError, match=code.value)


def test_a_complete_application_is_accepted_with_the_phrase_a_due_date_and_a_name(house):
    case = house.submit("shop-sign").case
    notice = paper(house, case)
    assert notice.kind is NoticeKind.ACCEPTANCE
    assert words.COMPLETE == "材料齐全、开始办理"
    assert notice.due == date(2026, 9, 15)
    assert notice.responsible.startswith("阿*")
    assert notice.document == "示政受〔2026〕000001 号"


def test_two_missing_secondary_materials_are_listed_with_one_date_each(house):
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    notice = paper(house, case)
    assert notice.kind is NoticeKind.CONDITIONAL
    assert [(one.title, one.due) for one in notice.outstanding] == [("场地使用证明", date(2026, 9, 18))]
    assert all(one.due <= case.due for one in notice.outstanding)
    assert notice.consequence


def test_without_the_signed_promise_a_missing_secondary_material_is_a_correction(house):
    case = house.submit("food-licence", leave=("premises-proof",)).case
    assert (case.state, paper(house, case).kind) == (S.CORRECTION, NoticeKind.CORRECTION)


def test_somebody_on_the_credit_list_is_not_offered_to_defer(house):
    house.office = replace(house.office, discredited=frozenset({"000000190001010017"}))
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    assert case.state is S.CORRECTION


def test_three_defects_are_told_in_one_notice(house):
    case = house.submit("shop-sign", leave=("sign-picture", "sign-size", "business-licence")).case
    assert {one.code for one in case.defects} == {"sign-picture", "sign-size", "business-licence"}
    assert len(paper(house, case).defects) == 3
    assert [one.kind for one in case.papers] == [NoticeKind.CORRECTION]


def test_a_second_notice_about_what_was_visible_at_first_is_refused(house):
    case = house.submit("passport").case
    told = clerk.correct(
        house.office, case, "0105", [Defect(code="photo-portrait", remedy="请换白底照片")], house.at
    ).case
    again = desk.supplement(house.office, told, bring("photo-portrait"), house.at).case
    assert again.state is S.SUBMITTED
    with refused(CaseRefusal.ALREADY_TOLD):
        clerk.correct(house.office, again, "0105", [Defect(code="identity-card", remedy="看不清")], house.at)
    repeat = [Defect(code="photo-portrait", remedy="仍看不清")]
    assert clerk.correct(house.office, again, "0105", repeat, house.at).case.state is S.CORRECTION


def test_whoever_cannot_apply_is_told_why_and_where_to_go(house):
    company = Applicant(name="李四", identity="000000190001010025", credit_code="92000000MA0000T282")
    item = msgspec.structs.replace(
        house.office.catalogue.at("passport", date(2026, 9, 13)), version=2, applicants=("person",)
    )
    house.office = replace(house.office, catalogue=house.office.catalogue.with_version(item))
    notice = paper(house, house.submit("passport", applicant=company).case)
    assert notice.kind is NoticeKind.REFUSAL
    assert notice.reason
    assert notice.next_step


@pytest.mark.parametrize(("reason", "next_step"), [("", "去窗口"), ("不符合", ""), ("  ", " ")])
def test_a_refusal_without_reason_or_next_step_is_refused(house, reason, next_step):
    case = house.submit("passport").case
    with refused(CaseRefusal.REASON_MISSING):
        clerk.refuse(house.office, case, "0105", reason, next_step, house.at)


def test_five_working_days_of_silence_are_acceptance_from_the_day_it_came_in(house):
    case = house.submit("passport").case
    assert case.answer_by == date(2026, 9, 18)
    assert pass_time(house.office, case, house.on(2026, 9, 18).at).facts == ()
    silent = pass_time(house.office, case, house.on(2026, 9, 19).at).case
    assert silent.accepted is not None
    assert (silent.accepted.deemed, silent.accepted.accepted_on) == (True, date(2026, 9, 13))
    assert paper(house, silent).kind is NoticeKind.ACCEPTANCE


def test_a_case_ends_its_way_front_back_and_hand_out_by_different_people(house):
    case = house.on(2026, 9, 14).submit("passport").case
    case = clerk.accept(house.office, case, "0105", house.at).case
    with refused(CaseRefusal.NOT_AUTHORISED):
        clerk.decide(house.office, case, "0105", "passport", Outcome.GRANTED, house.at)
    with refused(CaseRefusal.NOT_AUTHORISED):
        clerk.decide(house.office, case, "2001", "passport", Outcome.GRANTED, house.at)
    case = clerk.review(house.office, case, "2005", "passport", house.at).case
    case = clerk.decide(house.office, case, "2005", "passport", Outcome.GRANTED, house.at).case
    assert (case.state, case.outcome) == (S.DECIDED, Outcome.GRANTED)
    code = case.application.pickup_code
    with refused(CaseRefusal.SAME_PERSON):
        clerk.hand_out(house.office, case, "2005", "pickup_code", code, house.at)
    with refused(CaseRefusal.WRONG_PROOF):
        clerk.hand_out(house.office, case, "3001", "pickup_code", "000000", house.at)
    done = clerk.hand_out(house.office, case, "3001", "pickup_code", code, house.at).case
    with refused(CaseRefusal.ALREADY_HANDED_OUT):
        clerk.hand_out(house.office, done, "3001", "identity", "000000190001010017", house.at)


def test_the_one_who_accepted_cannot_decide_even_with_both_duties(house):
    both = replace(house.office.roster.find("0105"), duties=("accept", "decide"), department="公安综合科")
    people = {**house.office.roster.people, "0105": both}
    house.office = replace(house.office, roster=type(house.office.roster)(people.values()))
    case = clerk.accept(house.office, house.submit("passport").case, "0105", house.at).case
    with refused(CaseRefusal.SAME_PERSON):
        clerk.decide(house.office, case, "0105", "passport", Outcome.GRANTED, house.at)


def test_a_clerk_without_authority_for_an_item_cannot_accept_it(house):
    case = house.submit("passport").case
    with refused(CaseRefusal.NOT_AUTHORISED):
        clerk.accept(house.office, case, "0101", house.at)
    with refused(CaseRefusal.NOT_AUTHORISED):
        clerk.accept(house.office, case, "2005", house.at)


def test_an_item_done_at_once_ends_the_same_day_without_a_back_office(house):
    case = house.submit("insurance-certificate").case
    assert (case.state, case.outcome) == (S.DECIDED, Outcome.GRANTED)
    assert case.licences


def test_a_denial_needs_a_reason_and_tells_the_remedies(house):
    case = house.submit("shop-sign").case
    with refused(CaseRefusal.REASON_MISSING):
        clerk.decide(house.office, case, "2006", "shop-sign", Outcome.DENIED, house.at)
    denied = clerk.decide(house.office, case, "2006", "shop-sign", Outcome.DENIED, house.at, reason="遮挡标志").case
    assert "行政复议" in paper(house, denied).next_step


def test_a_decision_to_supplement_stops_the_clock_until_everything_is_there(house):
    case = house.on(2026, 9, 14).submit("shop-sign").case
    asked = [Defect(code="sign-picture", remedy="请标明尺寸")]
    case = clerk.decide(house.office, case, "2006", "shop-sign", Outcome.SUPPLEMENT, house.at, defects=asked).case
    assert (case.state, case.due) == (S.SUSPENDED, None)
    house.on(2026, 9, 17)
    case = desk.supplement(house.office, case, bring("sign-picture"), house.at).case
    assert (case.state, case.due) == (S.REVIEW, date(2026, 9, 18))


def test_a_promise_is_taken_only_where_the_item_says_so(house):
    with refused(CaseRefusal.NOT_PROMISABLE):
        house.submit("shop-sign", promises=("sign-picture",))


def test_an_outstanding_material_is_reminded_of_and_then_the_case_goes_back(house):
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    reminded = pass_time(house.office, case, house.on(2026, 9, 19).at)
    assert isinstance(reminded.facts[0], facts.SupplementReminded)
    until = reminded.facts[0].until
    house.now = house.now.replace(month=until.month, day=until.day) + timedelta(days=1)
    assert pass_time(house.office, reminded.case, house.at).case.state is S.RETURNED


def test_brought_in_time_the_case_goes_on_with_its_due_date_unmoved(house):
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    brought = desk.supplement(house.office, case, bring("premises-proof"), house.on(2026, 9, 16).at).case
    assert (brought.outstanding, brought.due) == ((), case.due)
    assert (
        clerk.decide(house.office, brought, "2002", "food-licence", Outcome.GRANTED, house.at).case.state is S.DECIDED
    )


def test_nothing_is_granted_while_a_material_is_outstanding(house):
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    with refused(CaseRefusal.WRONG_STATE):
        clerk.decide(house.office, case, "2002", "food-licence", Outcome.GRANTED, house.at)


def test_a_late_case_turns_yellow_then_red_and_somebody_has_to_answer(house):
    case = house.on(2026, 9, 14).submit("tobacco-licence").case
    seen = []
    for day in range(15, 31):
        decided = pass_time(house.office, case, house.on(2026, 9, day).at)
        case = decided.case
        seen += [(day, type(fact).__name__) for fact in decided.facts]
    assert [one for one in seen if one[0] < 29] == [
        (18, "LampTurned"), (21, "LampTurned"), (22, "LampTurned"), (22, "SupervisionOrdered"),
    ]  # fmt: skip
    assert (case.lamp, case.is_accountable) == (Lamp.RED, True)
    assert case.supervision is not None
    assert case.supervision.document.startswith("示政督")
    assert [name for _, name in seen].count("SupervisionOrdered") == 1


def test_a_leader_may_extend_once_within_ten_days_and_says_why(house):
    case = house.submit("shop-sign").case
    with refused(CaseRefusal.NOT_AUTHORISED):
        clerk.extend(house.office, case, "2006", 3, "情况复杂", house.at)
    with refused(CaseRefusal.REASON_MISSING):
        clerk.extend(house.office, case, "4001", 3, "", house.at)
    with refused(CaseRefusal.WRONG_STATE):
        clerk.extend(house.office, case, "4001", 11, "情况复杂", house.at)
    assert clerk.extend(house.office, case, "4001", 3, "情况复杂", house.at).case.due == date(2026, 9, 18)


def test_the_case_keeps_the_version_it_began_with(house):
    case = house.submit("shop-sign").case
    newer = msgspec.structs.replace(
        house.office.catalogue.at("shop-sign", date(2026, 9, 13)),
        version=2,
        promise_days=9,
        effective=date(2026, 9, 14),
    )
    house.office = replace(house.office, catalogue=house.office.catalogue.with_version(newer))
    house.on(2026, 9, 14)
    assert house.office.plan_of(case).promise_days == 2
    assert house.submit("shop-sign").case.accepted.promise_days == 9


def test_a_reprint_is_counted_and_the_paper_stays_the_same(house):
    case = house.submit("shop-sign").case
    first = paper(house, case)
    twice = desk.reprint(desk.reprint(case, first.document, house.at).case, first.document, house.at)
    assert [fact.copy for fact in twice.facts] == [2]
    assert fingerprint(msgspec.structs.replace(first, copy=2)) == first.fingerprint
    with refused(CaseRefusal.NO_DOCUMENT):
        desk.reprint(case, "示政受〔2026〕999999 号", house.at)


def test_a_material_of_others_is_used_only_with_consent(house):
    shared = (GivenMaterial(code="business-licence", way=MaterialWay.SHARED),)
    with refused(CaseRefusal.NO_CONSENT):
        house.submit("shop-sign", materials=shared)


def test_every_pair_of_fact_and_state_is_decided(house):
    case = house.submit("shop-sign").case
    for kind, (allowed, _) in TABLE.items():
        for state in CaseState:
            if state in allowed:
                continue
            stopped = replace(case, state=state)
            with refused(CaseRefusal.WRONG_STATE):
                evolve(stopped, _any(kind))
    told = {one for one in vars(facts).values() if isinstance(one, type) and issubclass(one, facts.CaseFact)}
    assert told == set(TABLE) | {facts.CaseFact, facts.ApplicationSubmitted}


def _any(kind):
    values = {"int": 1, "str": "x", "bool": False}
    required = {}
    for one in msgspec.structs.fields(kind):
        if one.required:
            name = getattr(one.type, "__name__", "")
            required[one.name] = {"date": date(2026, 9, 14), "Lamp": Lamp.RED, "Outcome": Outcome.GRANTED}.get(
                name, values.get(name, ())
            )
    return kind(**required)


def test_no_submission_ends_without_a_notice(house):
    given_house = house

    @given(
        day=st.integers(1, 28), hour=st.integers(0, 23), which=st.integers(0, 31), gone=st.integers(0, 2**16 - 1),
        promised=st.booleans(), defers=st.booleans(), days=st.integers(0, 12),
    )  # fmt: skip
    def submit_and_wait(day, hour, which, gone, promised, defers, days):
        house = type(given_house)(given_house.office)
        house.on(2026, 9, day, hour)
        rules = house.office.catalogue.items(house.now.date())[which]
        item, codes = rules.item, [one.code for one in (*rules.materials, *rules.fields)]
        leave = tuple(code for place, code in enumerate(codes) if gone >> place & 1)
        promises = tuple(one.code for one in rules.materials if one.need is Need.PROMISABLE) if promised else ()
        case = house.submit(item, leave=leave, promises=promises, defers=defers).case
        assert case.papers
        for _ in range(days):
            house.now += timedelta(days=1)
            case = pass_time(house.office, case, house.at).case
        house.now += timedelta(days=20)
        case = pass_time(house.office, case, house.at).case
        assert {one.kind for one in case.papers} & ANSWERS
        for one in case.papers:
            said = notice_of(house.office, case, one.document)
            assert "000000190001010017" not in msgspec.json.encode(said).decode()
            assert said.applicant == "张*"

    submit_and_wait()


def test_the_public_page_shows_six_states_and_nothing_personal_by_the_bare_number(house):
    case = house.submit("food-licence", leave=("premises-proof",), defers=True).case
    shown, bare = progress.full(house.office, case, house.at), progress.bare(house.office, case, house.at)
    assert set(progress.PUBLIC) == set(CaseState)
    assert len(set(progress.PUBLIC.values())) == 6
    said = msgspec.json.encode(shown).decode()
    assert "张三" not in said
    assert "000000190001010017" not in said
    assert case.application.pickup_code not in said
    assert (bare.applicant, bare.steps, bare.link, bare.responsible) == ("", (), "", "")
