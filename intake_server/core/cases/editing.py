"""A new version of a guide from what an editor filled in, and everything that keeps it from being published."""

from collections.abc import Mapping
from datetime import date

import msgspec

from contract.catalogue import FrequentQuestion, GuideBlocks
from intake_server.core.cases.catalogue import Catalogue, HandlingItem, MaterialRule
from intake_server.core.cases.lint import Finding, Severity, publishable
from intake_server.core.cases.routing import Duty, Staff

BLOCKS = ("basis", "timing", "fees", "notes")
LINES = ("name", "source", "form", "sample")
"""What of a material an editor may write; how it is needed and reviewed stays."""


def newest(catalogue: Catalogue, item: str, today: date) -> HandlingItem:
    """Return the last version of an item, in force or to come; RefusedError for an unknown one."""
    found = catalogue.at(item, today)
    return catalogue.version(item, catalogue.newest_version(found.item))


def may_publish(who: Staff, item: HandlingItem) -> bool:
    """Return whether somebody may publish an item's guide: who decides in its department, and who leads."""
    decides = Duty.DECIDE in who.duties and who.department == item.department and who.is_authorised(item.item)
    return decides or Duty.LEAD in who.duties


def edited(item: HandlingItem, filled: Mapping[str, str]) -> HandlingItem:
    """Return the next version with what was filled in; a number or date that is none stays out of range."""
    materials = tuple(_material(one, filled) for one in item.materials if f"drop.{one.code}" not in filled)
    return msgspec.structs.replace(
        item, version=item.version + 1, effective=_day(filled.get("effective", "")),
        promise_days=_number(filled.get("promise_days", "")),
        supplement_days=_number(filled.get("supplement_days", "")),
        blocks=GuideBlocks(**{name: filled.get(name, "").strip() for name in BLOCKS}), materials=materials,
        faq=_questions(filled.get("faq", "")),
    )  # fmt: skip


def faults(item: HandlingItem, before: HandlingItem, based_on: str, today: date) -> tuple[Finding, ...]:
    """Return everything that keeps a new version of `before` from being published, at once."""
    found = list(publishable(item))
    if based_on != str(before.version):
        found.append(_fault(item, "changed meanwhile", "version", str(before.version)))
    if item.effective < max(today, before.effective):
        found.append(_fault(item, "not before today", "effective", item.effective.isoformat()))
    if item.promise_days < 0 or (item.promise_days == 0) is not item.immediate:
        found.append(_fault(item, "days", "promise_days", str(item.promise_days)))
    if item.supplement_days < 0:
        found.append(_fault(item, "days", "supplement_days", str(item.supplement_days)))
    return tuple(found)


def spelled(questions: tuple[FrequentQuestion, ...]) -> str:
    """Return questions as an editor writes them: one a line, `question | answer`."""
    return "\n".join(f"{one.question} | {one.answer}" for one in questions)


def _material(rule: MaterialRule, filled: Mapping[str, str]) -> MaterialRule:
    said = {name: filled[f"{name}.{rule.code}"].strip() for name in LINES if f"{name}.{rule.code}" in filled}
    return msgspec.structs.replace(rule, **said)


def _questions(text: str) -> tuple[FrequentQuestion, ...]:
    pairs = (line.partition("|") for line in text.splitlines() if line.strip())
    return tuple(FrequentQuestion(question=asked.strip(), answer=answer.strip()) for asked, _, answer in pairs)


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 4 else -1


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return date.min


def _fault(item: HandlingItem, rule: str, field: str, value: str) -> Finding:
    return Finding(Severity.ERROR, rule, item.item, field, value, item.owner)
