"""The catalogue's own inspection: what may not be published, and what somebody should look at.

Sources: Liaocheng 2019 (三级四同, checks of implementation lists), Jining 2018 (promise at least 75 % below the
statutory limit), Tengzhou 2018 (no catch-all materials; source, blank form and sample for each).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from contract.catalogue import Need
from intake_server.core.cases.catalogue import Catalogue, HandlingItem, Implementation

SAME_AT_EVERY_LEVEL = ("name", "kind", "basis", "basic_code")
"""The four fields that must agree at city, county and town; a site may compare more."""

CATCH_ALL = ("其他材料", "其它材料", "等材料", "有关材料", "相关材料", "需要的材料")
EXEMPT = ("单独大厅", "全程网办", "涉密", "场地特殊")
WANTED_CUT = 75
"""Per cent by which a promise should be below the statutory limit."""


class Severity(StrEnum):
    """An error keeps an item from being published, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to put right: the rule, the item, the field, the value, and who owns the item."""

    severity: Severity
    rule: str
    item: str
    field: str
    value: str
    owner: str = ""


def inspect(catalogue: Catalogue, day: date, same: tuple[str, ...] = SAME_AT_EVERY_LEVEL) -> tuple[Finding, ...]:
    """Return everything wrong with the catalogue in force on a day."""
    found = [*levels(catalogue.implementations, same)]
    for implementation in catalogue.implementations:
        found += place(implementation)
    for item in catalogue.items(day):
        found += guide(item)
    known = {one.item for one in catalogue.items(day)}
    for topic in catalogue.topics:
        gone = [part.item for part in topic.parts if part.item not in known]
        found += [Finding(Severity.ERROR, "topic", topic.code, "parts", item) for item in gone]
    for entry in catalogue.entries(day):
        if not entry.pinyin:
            found.append(Finding(Severity.WARNING, "pinyin", entry.code, "name", entry.name))
    return tuple(found)


def levels(implementations: Iterable[Implementation], same: tuple[str, ...]) -> Iterator[Finding]:
    """Find fields that differ between the levels of one basic code; the highest level's value is the measure."""
    first: dict[str, Implementation] = {}
    for one in sorted(implementations, key=lambda own: (own.basic_code, own.level)):
        measure = first.setdefault(one.basic_code, one)
        for field in same:
            if getattr(one, field) != getattr(measure, field):
                value = f"level {one.level}: {getattr(one, field)} ≠ level {measure.level}: {getattr(measure, field)}"
                yield Finding(Severity.ERROR, "same at every level", one.basic_code, field, value, one.department)


def place(implementation: Implementation) -> Iterator[Finding]:
    """Find items neither in the hall nor with an allowed reason to stay out."""
    if not implementation.in_hall and implementation.not_in_hall not in EXEMPT:
        said = implementation.not_in_hall
        yield Finding(Severity.ERROR, "in the hall", implementation.basic_code, "not_in_hall", said)


def guide(item: HandlingItem) -> Iterator[Finding]:
    """Find what keeps one item's guide from being published, and what is merely poor."""
    for block in ("basis", "timing", "fees", "notes"):
        if not getattr(item.blocks, block).strip():
            yield _error(item, "four blocks", block)
    for material in item.materials:
        if any(word in material.name for word in CATCH_ALL):
            yield _error(item, "catch-all material", material.code, material.name)
        for field in ("source", "form", "sample"):
            if not getattr(material, field).strip():
                yield _error(item, "source, form and sample", f"{material.code}.{field}")
    yield from _promise(item)


def _promise(item: HandlingItem) -> Iterator[Finding]:
    follows = any(one.need is Need.DEFERRABLE for one in item.materials)
    if not item.immediate and follows and not 0 < item.supplement_days <= item.promise_days:
        yield _error(item, "supplement within the promise", "supplement_days", str(item.supplement_days))
    if item.statutory_days and item.promise_days > item.statutory_days:
        yield _error(item, "promise within the statute", "promise_days", str(item.promise_days))
    if len(item.implementation) != 31 or len(item.handling) != 33:
        yield _error(item, "codes of 31 and 33 characters", "handling", item.handling)
    if not item.result_sample:
        yield Finding(Severity.WARNING, "result sample", item.item, "result_sample", "", item.owner)
    if item.statutory_days and cut(item) < WANTED_CUT:
        yield Finding(Severity.WARNING, "promise cut", item.item, "promise_days", f"{cut(item):.0f} %", item.owner)


def cut(item: HandlingItem) -> float:
    """Return by how many per cent the promise is below the statutory limit; an item done the same day by all of it."""
    return 100.0 * (item.statutory_days - item.promise_days) / item.statutory_days if item.statutory_days else 0.0


def publishable(item: HandlingItem) -> tuple[Finding, ...]:
    """Return what keeps an item's new version from being published; nothing if it may be."""
    return tuple(one for one in guide(item) if one.severity is Severity.ERROR)


def _error(item: HandlingItem, rule: str, field: str, value: str = "") -> Finding:
    return Finding(Severity.ERROR, rule, item.item, field, value, item.owner)
