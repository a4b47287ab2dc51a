"""The catalogue's files compiled: items name shared fields, materials and questions by code, each described once."""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from contract.catalogue import Condition, FormField, GuideBlocks, SituationQuestion
from intake_server.core.cases.catalogue import Catalogue, HandlingItem, Implementation, MaterialRule
from intake_server.core.cases.errors import CatalogueError
from intake_server.core.cases.routing import Roster, Staff
from intake_server.core.cases.topic import PartRule, Topic

Table = Mapping[str, Any]


def compile_catalogue(files: Mapping[str, Table], pinyin: Mapping[str, Sequence[str]]) -> Catalogue:
    """Return the catalogue of `fields`, `materials`, `questions`, `items` and `topics`; CatalogueError names faults."""
    try:
        fields = _by_code(files["fields"]["field"], FormField)
        questions = _by_code(files["questions"]["question"], SituationQuestion)
        materials = _by_code(files["materials"]["material"], MaterialRule)
        shelf = _Shelf(fields, questions, materials)
        implementations = [shelf.implementation(row) for row in files["items"]["implementation"]]
        topics = [shelf.topic(row) for row in files["topics"]["topic"]]
        return Catalogue(implementations, topics, pinyin)
    except (KeyError, msgspec.ValidationError) as error:
        raise CatalogueError(f"the catalogue's files do not fit together: {error}") from error


def compile_roster(rows: Sequence[Table]) -> Roster:
    """Return the roster of a `staff` file."""
    try:
        return Roster(msgspec.convert(row, Staff) for row in rows)
    except msgspec.ValidationError as error:
        raise CatalogueError(f"staff: {error}") from error


class _Shelf:
    """Everything that items share."""

    def __init__(
        self,
        fields: Mapping[str, FormField],
        questions: Mapping[str, SituationQuestion],
        materials: Mapping[str, MaterialRule],
    ) -> None:
        self._fields, self._questions, self._materials = fields, questions, materials

    def implementation(self, row: Table) -> Implementation:
        """Return an implementation with its handling items."""
        own = {name: value for name, value in row.items() if name != "handling"}
        head = msgspec.convert(own, Implementation)
        handling = tuple(self._handling(one, head) for one in row["handling"])
        return msgspec.structs.replace(head, handling=handling)

    def topic(self, row: Table) -> Topic:
        """Return a topic."""
        parts = tuple(PartRule(item=one["item"], when=_when(one.get("when", ())), after=tuple(one.get("after", ())))
                      for one in row["parts"])  # fmt: skip
        questions = tuple(self._questions[code] for code in row.get("questions", ()))
        plain = {name: value for name, value in row.items() if name not in ("parts", "questions")}
        return msgspec.structs.replace(msgspec.convert({**plain, "parts": []}, Topic), parts=parts, questions=questions)

    def _handling(self, row: Table, head: Implementation) -> HandlingItem:
        whole: dict[str, Any] = {
            "name": head.name, "implementation": head.code, "department": head.department,
            **{name: value for name, value in row.items() if name not in ("needs", "suffix")},
            "handling": head.code + row["suffix"], "fields": [], "questions": [], "materials": [],
        }  # fmt: skip
        whole["blocks"] = msgspec.convert(whole["blocks"], GuideBlocks)
        item = msgspec.convert(msgspec.to_builtins(whole), HandlingItem)
        return msgspec.structs.replace(
            item,
            fields=tuple(self._fields[code] for code in row["fields"]),
            questions=tuple(self._questions[code] for code in row.get("questions", ())),
            materials=tuple(self._material(one) for one in row["needs"]),
        )

    def _material(self, row: Table) -> MaterialRule:
        known = self._materials[row["material"]]
        changes = {name: value for name, value in row.items() if name not in ("material", "when")}
        changed = msgspec.convert({**msgspec.to_builtins(known), **changes}, MaterialRule)
        return msgspec.structs.replace(changed, when=_when(row.get("when", ())))


def _by_code(rows: Sequence[Table], kind: Any) -> dict[str, Any]:
    found = {row["code"]: msgspec.convert(row, kind) for row in rows}
    if len(found) != len(rows):
        raise CatalogueError(f"{kind.__name__}: a code is there twice")
    return found


def _when(rows: Sequence[str]) -> tuple[Condition, ...]:
    pairs = [row.partition("=") for row in rows]
    return tuple(Condition(question=name, answers=tuple(answers.split("|"))) for name, _, answers in pairs)
