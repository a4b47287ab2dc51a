"""What an application is for: its items as one form and one set of materials, each at the version it began with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from contract.cases import CasePart, CaseRefusal
from contract.catalogue import FormField, SituationQuestion, TopicGuide
from intake_server.core.cases import situation
from intake_server.core.cases import topic as topics
from intake_server.core.cases.catalogue import Catalogue, HandlingItem, MaterialRule, names_of
from intake_server.core.cases.errors import RefusedError
from intake_server.core.cases.topic import Topic


@dataclass(frozen=True, slots=True)
class Plan:
    """One application's items together; `after` names for each item those that must be granted before it."""

    name: str
    items: tuple[HandlingItem, ...]
    questions: tuple[SituationQuestion, ...]
    fields: tuple[FormField, ...]
    materials: tuple[MaterialRule, ...]
    promise_days: int
    topic: Topic | None = None

    @property
    def parts(self) -> tuple[CasePart, ...]:
        """The items with their versions."""
        return tuple(CasePart(item=item.item, version=item.version) for item in self.items)

    @property
    def is_formal(self) -> bool:
        """Whether the check of form alone accepts it."""
        return all(item.formal for item in self.items)

    @property
    def is_immediate(self) -> bool:
        """Whether it is done the same day."""
        return all(item.immediate for item in self.items)

    @property
    def lead(self) -> HandlingItem:
        """The item whose department leads: the topic's lead, else the first."""
        wanted = self.topic.lead if self.topic else self.items[0].item
        return next((item for item in self.items if item.item == wanted), self.items[0])

    def material(self, code: str) -> MaterialRule | None:
        """Return one material's rule."""
        return next((one for one in self.materials if one.code == code), None)

    def waits_for(self, item: str) -> tuple[str, ...]:
        """Return the items of this application that must be granted before `item`."""
        mine = {one.item for one in self.items}
        rule = next((one for one in self.topic.parts if one.item == item), None) if self.topic else None
        return tuple(one for one in rule.after if one in mine) if rule else ()


def of_items(catalogue: Catalogue, codes: Sequence[str], answers: Mapping[str, str], day: date) -> Plan:
    """Return the plan of one item or several, each in the version in force; RefusedError for an unknown one or none."""
    if not codes:
        raise RefusedError(CaseRefusal.NO_ITEM)
    return _plan(tuple(catalogue.at(code, day) for code in dict.fromkeys(codes)), answers, None)


def of_topic(catalogue: Catalogue, code: str, answers: Mapping[str, str], day: date) -> Plan:
    """Return the plan of a topic in a situation; RefusedError if it is not online or nothing is asked for."""
    topic = catalogue.topic(code)
    items = tuple(catalogue.at(rule.item, day) for rule in topics.chosen(topic, answers))
    if not items:
        raise RefusedError(CaseRefusal.NO_TOPIC, code)
    return _plan(items, answers, topic)


def of_case(
    catalogue: Catalogue, parts: Sequence[CasePart], answers: Mapping[str, str], topic: tuple[str, int] | None
) -> Plan:
    """Return the plan of a case as it began, whatever was published since."""
    items = tuple(catalogue.version(part.item, part.version) for part in parts)
    return _plan(items, answers, catalogue.topic(*topic) if topic else None)


def topic_guide(catalogue: Catalogue, code: str, answers: Mapping[str, str], day: date) -> TopicGuide:
    """Return a topic's guide for the answers so far; RefusedError if it is not online or an answer is none."""
    topic = catalogue.topic(code)
    guides = {rule.item: catalogue.at(rule.item, day) for rule in topic.parts}
    made = {item.item: item.produces for item in guides.values()}
    guide = topics.guide_of(topic, guides, made, answers)
    situation.check(guide.questions, answers)
    return guide


def _plan(items: tuple[HandlingItem, ...], answers: Mapping[str, str], topic: Topic | None) -> Plan:
    questions = topics.questions_once(items, topic.questions if topic else ())
    situation.check(questions, answers)
    lists = [situation.needed(item.materials, answers) for item in items]
    materials = topics.materials_once(lists, (item.produces for item in items if item.produces))
    rules = topics.chosen(topic, answers) if topic else ()
    guides = {item.item: item for item in items}
    longest = max(item.promise_days for item in items)
    days = topics.promised_days(topic, guides, [one for one in rules if one.item in guides]) if topic else longest
    name = topic.name if topic else names_of(items)
    return Plan(name, items, questions, topics.fields_once(items), materials, days, topic)
