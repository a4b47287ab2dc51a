"""Topics: several items as one form, one set of materials and one set of steps; each shared thing asked once."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import msgspec

from contract.catalogue import (
    Condition,
    FormField,
    GuideMaterial,
    ItemGuide,
    Need,
    Savings,
    SituationQuestion,
    TopicGuide,
    TopicPart,
)
from intake_server.core.cases import situation

_WEIGHT = {Need.DEFERRABLE: 0, Need.PROMISABLE: 1, Need.REQUIRED: 2}


class PartRule(msgspec.Struct, frozen=True, kw_only=True):
    """An item of a topic: the situation that brings it in, and the items whose result it waits for."""

    item: str
    when: tuple[Condition, ...] = ()
    after: tuple[str, ...] = ()


class Topic(msgspec.Struct, frozen=True, kw_only=True):
    """A topic; `stop_on_denial` ends the whole case at the first denied part, else the others go on."""

    code: str
    name: str
    name_en: str
    version: int
    parts: tuple[PartRule, ...]
    lead: str
    state: str = "online"
    questions: tuple[SituationQuestion, ...] = ()
    promise_days: int = 0
    stop_on_denial: bool = False
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    self_service: bool = True


M = TypeVar("M", bound=GuideMaterial)


def chosen(topic: Topic, answers: Mapping[str, str]) -> tuple[PartRule, ...]:
    """Return the parts a situation asks for."""
    return tuple(part for part in topic.parts if situation.holds(part.when, answers))


def fields_once(guides: Iterable[ItemGuide]) -> tuple[FormField, ...]:
    """Return every data element once, in the order first asked; required if any item requires it."""
    once: dict[str, FormField] = {}
    for guide in guides:
        for field in guide.fields:
            known = once.get(field.code)
            required = field.required or (known is not None and known.required)
            once[field.code] = msgspec.structs.replace(known or field, required=required)
    return tuple(once.values())


def questions_once(guides: Iterable[ItemGuide], own: Sequence[SituationQuestion] = ()) -> tuple[SituationQuestion, ...]:
    """Return every situation question once, the topic's own first."""
    once = {question.code: question for question in own}
    for guide in guides:
        for question in guide.questions:
            once.setdefault(question.code, question)
    return tuple(once.values())


def materials_once(lists: Iterable[Sequence[M]], produced: Iterable[str] = ()) -> tuple[M, ...]:
    """Return every material once, as strictly as the strictest item asks; not what another item of the case makes."""
    made, once = set(produced), dict[str, M]()
    for materials in lists:
        for material in materials:
            if material.code not in made:
                known = once.get(material.code)
                once[material.code] = material if known is None else _stricter(known, material)
    return tuple(once.values())


def _stricter(one: M, other: M) -> M:
    need = max(one.need, other.need, key=_WEIGHT.__getitem__)
    ways = tuple(way for way in one.ways if way in other.ways) or one.ways
    return msgspec.structs.replace(
        one, need=need, ways=ways, originals=max(one.originals, other.originals), copies=max(one.copies, other.copies)
    )


def part_of(guide: ItemGuide, rule: PartRule) -> TopicPart:
    """Return a topic's part as citizens see it."""
    return TopicPart(
        item=guide.item, name=guide.name, department=guide.department, version=guide.version,
        promise_days=guide.promise_days, immediate=guide.immediate, when=rule.when, after=rule.after,
    )  # fmt: skip


def promised_days(topic: Topic, guides: Mapping[str, ItemGuide], rules: Sequence[PartRule]) -> int:
    """Return a topic's own promise, or the longest chain of its parts where it makes none."""
    if topic.promise_days:
        return topic.promise_days
    ends: dict[str, int] = {}
    for rule in rules:
        begin = max((ends.get(before, 0) for before in rule.after), default=0)
        ends[rule.item] = begin + guides[rule.item].promise_days
    return max(ends.values(), default=0)


def savings(guides: Sequence[ItemGuide], lists: Sequence[Sequence[M]], after: tuple[int, int, int, int]) -> Savings:
    """Return the sums over single items beside what the topic asks: fields, materials, steps, days."""
    fields, materials, steps, days = after
    return Savings(
        fields_before=sum(len(guide.fields) for guide in guides), fields_after=fields,
        materials_before=sum(len(one) for one in lists), materials_after=materials,
        steps_before=sum(len(guide.steps) for guide in guides), steps_after=steps,
        days_before=sum(guide.promise_days for guide in guides), days_after=days,
        visits_before=sum(guide.visits for guide in guides),
        visits_after=max((guide.visits for guide in guides), default=0),
    )  # fmt: skip


def guide_of(
    topic: Topic, guides: Mapping[str, ItemGuide], produced: Mapping[str, str], answers: Mapping[str, str]
) -> TopicGuide:
    """Return a topic for the answers given so far; `guides` and what they produce by item."""
    rules = chosen(topic, answers)
    mine = [guides[rule.item] for rule in rules]
    questions = questions_once(mine, topic.questions)
    lists = [situation.needed(guide.materials, answers) for guide in mine]
    materials = materials_once(lists, (produced[rule.item] for rule in rules if produced.get(rule.item)))
    fields, days = fields_once(mine), promised_days(topic, guides, rules)
    steps = tuple({(step.name, step.department): step for guide in mine for step in guide.steps}.values())
    counts = (len(fields), len(materials), len(steps), days)
    return TopicGuide(
        topic=topic.code, name=topic.name, name_en=topic.name_en, version=topic.version,
        parts=tuple(part_of(guides[rule.item], rule) for rule in rules), questions=questions, fields=fields,
        materials=materials, steps=steps, promise_days=days, fee_cents=sum(guide.fee_cents for guide in mine),
        saved=savings(mine, lists, counts), is_complete=not situation.unanswered(questions, answers),
        self_service=topic.self_service, themes=topic.themes, groups=topic.groups,
    )  # fmt: skip
