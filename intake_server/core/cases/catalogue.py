"""What can be applied for: implementation list → handling item and its versions → situations → materials.

Source: GB/T 39046-2020, table 4 and annex A (codes of kinds and levels); public implementation lists (31 and 33
characters: credit code of the authority, level, basic code; handling item).
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

import msgspec

from contract.cases import CaseRefusal
from contract.catalogue import CatalogueEntry, EntryKind, GuideMaterial, ItemGuide, TopicGuide
from intake_server.core.cases.errors import CatalogueError, RefusedError
from intake_server.core.cases.topic import Topic

_CANON = msgspec.json.Encoder(order="sorted")
PERSON, COMPANY = "person", "company"


class MaterialRule(GuideMaterial, frozen=True, kw_only=True):
    """A material with what only clerks see: the points to review."""

    review_points: tuple[str, ...] = ()


class HandlingItem(ItemGuide, frozen=True, kw_only=True):
    """One version of a handling item with what the centre decides by.

    `formal` items are accepted by the check of form alone, `automatic` ones are decided at once; `produces` is the
    material another item of a topic then need not ask for; `grace_days` are given after a reminder.
    """

    materials: tuple[MaterialRule, ...]
    responsible: str
    formal: bool = False
    automatic: bool = False
    applicants: tuple[str, ...] = (PERSON, COMPANY)
    produces: str = ""
    grace_days: int = 5
    remedies: str = ""
    reuse_days: int = 365
    keywords: tuple[str, ...] = ()
    baseline_materials: int = 0
    owner: str = ""


class Implementation(msgspec.Struct, frozen=True, kw_only=True):
    """An authority's implementation of a basic item, with the fields that must agree at every level."""

    code: str
    basic_code: str
    name: str
    kind: str
    basis: str
    level: str
    department: str
    credit_code: str
    in_hall: bool = True
    not_in_hall: str = ""
    handling: tuple[HandlingItem, ...] = ()


class Catalogue:
    """Every version of every item and topic; `pinyin` gives a name's syllables."""

    def __init__(
        self, implementations: Sequence[Implementation], topics: Sequence[Topic], pinyin: Mapping[str, Sequence[str]]
    ) -> None:
        self.implementations, self.topics, self._pinyin = tuple(implementations), tuple(topics), pinyin
        self._versions: dict[str, list[HandlingItem]] = {}
        self._names = {one.code: one.name for one in self.implementations}
        for implementation in self.implementations:
            for item in implementation.handling:
                self._versions.setdefault(item.item, []).append(item)
        for code, versions in self._versions.items():
            versions.sort(key=lambda one: one.version)
            if len({one.version for one in versions}) != len(versions):
                raise CatalogueError(f"{code}: a version is there twice")

    def at(self, item: str, day: date) -> HandlingItem:
        """Return the version in force on a day; RefusedError if there is none."""
        for version in reversed(self._versions.get(item, [])):
            if version.effective <= day:
                return version
        raise RefusedError(CaseRefusal.NO_ITEM, item)

    def version(self, item: str, number: int) -> HandlingItem:
        """Return one version, whatever day it is; RefusedError if there never was such a one."""
        for version in self._versions.get(item, []):
            if version.version == number:
                return version
        raise RefusedError(CaseRefusal.NO_ITEM, f"{item} {number}")

    def newest_version(self, item: str) -> int:
        """Return the number of an item's last version, in force or to come; RefusedError for an unknown item."""
        if item not in self._versions:
            raise RefusedError(CaseRefusal.NO_ITEM, item)
        return self._versions[item][-1].version

    def next_change(self, day: date) -> date | None:
        """Return the next day after `day` on which a published version comes into force, None if none waits."""
        later = [one.effective for versions in self._versions.values() for one in versions if one.effective > day]
        return min(later, default=None)

    def items(self, day: date) -> tuple[HandlingItem, ...]:
        """Return every item in force on a day, in the catalogue's order."""
        in_force = [[one for one in versions if one.effective <= day] for versions in self._versions.values()]
        return tuple(versions[-1] for versions in in_force if versions)

    def topic(self, code: str, version: int | None = None) -> Topic:
        """Return a topic that can be applied for, or a version of one; RefusedError if it is not (yet) online."""
        for topic in self.topics:
            if topic.code == code and (topic.version == version if version else topic.state == "online"):
                return topic
        raise RefusedError(CaseRefusal.NO_TOPIC, code)

    def with_version(self, item: HandlingItem) -> "Catalogue":
        """Return the catalogue with one more version of an item it has; RefusedError for an unknown item."""
        if item.item not in self._versions:
            raise RefusedError(CaseRefusal.NO_ITEM, item.item)
        grown = [
            msgspec.structs.replace(one, handling=(*one.handling, item))
            if any(own.item == item.item for own in one.handling)
            else one
            for one in self.implementations
        ]
        return Catalogue(grown, self.topics, self._pinyin)

    def entries(self, day: date) -> tuple[CatalogueEntry, ...]:
        """Return one line for every topic and item: topics first, those online only."""
        online = [one for one in self.topics if one.state == "online"]
        return (*(self._topic_line(one) for one in online), *(self._line(one) for one in self.items(day)))

    def fingerprint(self, day: date) -> str:
        """Return what changes whenever a guide in force changes."""
        return hashlib.sha256(_CANON.encode((self.items(day), self.topics))).hexdigest()[:16]

    def syllables(self, name: str) -> tuple[str, ...]:
        """Return the pinyin of a name, one syllable for each character that has one."""
        return tuple(self._pinyin.get(name, ()))

    def _spelled(self, words: Iterable[str]) -> tuple[str, ...]:
        return tuple(" ".join(self.syllables(word)) for word in words)

    def _line(self, item: HandlingItem) -> CatalogueEntry:
        above = self._names[item.implementation]
        called = item.keywords if above == item.name else (*item.keywords, above)
        return CatalogueEntry(
            kind=EntryKind.ITEM, code=item.item, name=item.name, name_en=item.name_en, version=item.version,
            pinyin=self.syllables(item.name), keywords=called, keyword_pinyin=self._spelled(called),
            themes=item.themes, groups=item.groups,
            window=item.window, self_service=item.self_service,
        )  # fmt: skip

    def _topic_line(self, topic: Topic) -> CatalogueEntry:
        return CatalogueEntry(
            kind=EntryKind.TOPIC, code=topic.code, name=topic.name, name_en=topic.name_en, version=topic.version,
            pinyin=self.syllables(topic.name), keywords=topic.keywords,
            keyword_pinyin=self._spelled(topic.keywords), themes=topic.themes, groups=topic.groups,
            self_service=topic.self_service, items=len(topic.parts),
        )  # fmt: skip


def public_guide(item: HandlingItem) -> ItemGuide:
    """Return an item's guide without what only clerks see."""
    return msgspec.convert(msgspec.to_builtins(item), ItemGuide)


def public_topic(guide: TopicGuide) -> TopicGuide:
    """Return a topic's guide without what only clerks see."""
    return msgspec.convert(msgspec.to_builtins(guide), TopicGuide)


def names_of(items: Iterable[ItemGuide]) -> str:
    """Return items' names as one text."""
    return "、".join(item.name for item in items)
