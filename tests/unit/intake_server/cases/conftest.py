"""A demonstration's office on one afternoon, and applications to hand in."""

import random
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime

import pytest

from contract.case_requests import SubmitApplication
from contract.cases import Answer, Applicant, CaseChannel, GivenMaterial
from contract.catalogue import MaterialWay, Need
from contract.ids import token
from hallkit.rules.calendar import published
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.cases import desk, situation
from intake_server.core.cases import plan as plans
from intake_server.core.cases.office import Decided, Occasion, Office
from intake_server.store.case_data import load_catalogue, load_roster

ZHANG = Applicant(name="张三", identity="000000190001010017", phone="10000000001")
VALUES = {
    "number": "40", "phone": "10000000001", "identity": "000000190001010017", "date": "2026-10-01",
    "credit_code": "92000000MA0000T282", "text": "样本",
}  # fmt: skip
NIGHT = datetime(2026, 9, 13, 2, 31, tzinfo=SHANGHAI)


@dataclass(repr=False)
class House:
    """The office with its counters, and the time."""

    office: Office
    now: datetime = NIGHT
    counters: dict[str, int] = field(default_factory=dict)
    chance: random.Random = field(default_factory=lambda: random.Random(7))

    def __repr__(self) -> str:
        return f"House at {self.now}"

    def number(self, name: str) -> int:
        self.counters[name] = self.counters.get(name, 0) + 1
        return self.counters[name]

    @property
    def at(self) -> Occasion:
        return Occasion(self.now, lambda: token(self.chance.getrandbits(128)), self.number, "kiosk/kiosk-3")

    def on(self, year: int, month: int, day: int, hour: int = 9) -> "House":
        self.now = datetime(year, month, day, hour, tzinfo=SHANGHAI)
        return self

    def application(
        self, *items: str, topic: str | None = None, leave: tuple[str, ...] = (), **more
    ) -> SubmitApplication:
        answers = more.pop("situation", {})
        today = self.now.date()
        catalogue = self.office.catalogue
        if topic:
            questions = plans.topic_guide(catalogue, topic, answers, today).questions
        else:
            questions = plans.of_items(catalogue, items, answers, today).questions
        answers = {question.code: answers.get(question.code, "no") for question in questions}
        make: Callable = plans.of_topic if topic else plans.of_items
        plan = make(catalogue, topic or items, answers, today)
        more.setdefault("promises", tuple(one.code for one in plan.materials if one.need is Need.PROMISABLE))
        more.setdefault("applicant", ZHANG)
        given = tuple(
            GivenMaterial(code=one.code, way=_own_way(one.ways), pages=1)
            for one in plan.materials
            if one.code not in leave and one.need is not Need.PROMISABLE
        )
        filled = tuple(
            Answer(code=one.code, value=one.options[0].code if one.options else VALUES[one.kind.value])
            for one in plan.fields
            if one.code not in leave
        )
        asked = tuple(Answer(code=code, value=value) for code, value in answers.items())
        return SubmitApplication(
            channel=CaseChannel.KIOSK, items=() if topic else items, topic=topic, situation=asked, answers=filled,
            materials=more.pop("materials", given), **more,
        )  # fmt: skip

    def submit(self, *items: str, **more) -> Decided:
        return desk.submit(self.office, self.application(*items, **more), self.at)


def _own_way(ways: tuple[MaterialWay, ...]) -> MaterialWay:
    return next(way for way in ways if way not in (MaterialWay.SHARED, MaterialWay.ON_FILE))


_OFFICE = Office("000000", "示", load_catalogue(), published(), load_roster(), is_demo=True)


@pytest.fixture
def house() -> House:
    return House(replace(_OFFICE))


@pytest.fixture
def answers_of():
    return situation.answers_of
