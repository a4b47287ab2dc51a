"""The catalogue as citizens see it: items, topics, guides, forms and materials (data items of GB/T 39046-2020)."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from contract.body import Body

Code = Annotated[str, msgspec.Meta(max_length=64)]
"""A short stable name of an item, topic, field, question or material."""


class Need(StrEnum):
    """How much a material matters: required, may follow later (容缺), or may be replaced by a promise (告知承诺)."""

    REQUIRED = "required"
    DEFERRABLE = "deferrable"
    PROMISABLE = "promisable"


class MaterialWay(StrEnum):
    """How a material was brought; `SHARED` comes from another authority's data, `PROMISED` is a signed promise."""

    FORM = "form"
    PHOTO = "photo"
    SCAN = "scan"
    ORIGINAL = "original"
    COPY = "copy"
    SHARED = "shared"
    ON_FILE = "on_file"
    PROMISED = "promised"


class FieldKind(StrEnum):
    """What a field of a form takes."""

    TEXT = "text"
    NUMBER = "number"
    DATE = "date"
    CHOICE = "choice"
    PHONE = "phone"
    IDENTITY = "identity"
    CREDIT_CODE = "credit_code"


class Option(Body, frozen=True, kw_only=True):
    """One answer to choose."""

    code: Code
    label: str
    label_en: str = ""


class Condition(Body, frozen=True, kw_only=True):
    """Holds when a situation question was answered with one of `answers`."""

    question: Code
    answers: tuple[Code, ...]


class SituationQuestion(Body, frozen=True, kw_only=True):
    """A question whose answer changes what has to be brought."""

    code: Code
    text: str
    text_en: str
    options: tuple[Option, ...]


class FormField(Body, frozen=True, kw_only=True):
    """One data element, asked once in a case however many items need it; `longest` counts characters."""

    code: Code
    label: str
    label_en: str
    kind: FieldKind = FieldKind.TEXT
    required: bool = True
    options: tuple[Option, ...] = ()
    hint: str = ""
    longest: int = 50
    from_card: bool = False


class GuideMaterial(Body, frozen=True, kw_only=True):
    """One material: how needed, where from, how many, its blank form and sample; `when` must hold whole."""

    code: Code
    name: str
    need: Need = Need.REQUIRED
    source: str
    originals: int = 0
    copies: int = 1
    form: str = ""
    sample: str = ""
    ways: tuple[MaterialWay, ...] = (MaterialWay.PHOTO, MaterialWay.SCAN, MaterialWay.ORIGINAL, MaterialWay.COPY)
    when: tuple[Condition, ...] = ()
    valid_days: int = 0
    is_proof: bool = False


class GuideStep(Body, frozen=True, kw_only=True):
    """One step of handling, its department and its share of the promised working days."""

    name: str
    department: str
    days: int = 0
    special: bool = False


class FrequentQuestion(Body, frozen=True, kw_only=True):
    """A question citizens ask, answered."""

    question: str
    answer: str


class GuideBlocks(Body, frozen=True, kw_only=True):
    """The four blocks a guide must have: basis and conditions, steps and time, fees, what to mind."""

    basis: str
    timing: str
    fees: str
    notes: str


class ItemGuide(Body, frozen=True, kw_only=True):
    """One version of one handling item: everything a citizen is told; days are working days, 0 is the same day."""

    item: Code
    name: str
    name_en: str
    version: int
    effective: date
    implementation: str
    handling: str
    department: str
    window: str
    promise_days: int
    statutory_days: int
    immediate: bool
    visits: int
    fee_cents: int
    self_service: bool
    blocks: GuideBlocks
    fields: tuple[FormField, ...]
    questions: tuple[SituationQuestion, ...]
    materials: tuple[GuideMaterial, ...]
    steps: tuple[GuideStep, ...]
    faq: tuple[FrequentQuestion, ...]
    result: str
    result_sample: str = ""
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    supplement_days: int = 0


class Savings(Body, frozen=True, kw_only=True):
    """What one form for a topic saves: the sum over its items, and what is asked now."""

    fields_before: int
    fields_after: int
    materials_before: int
    materials_after: int
    steps_before: int
    steps_after: int
    days_before: int
    days_after: int
    visits_before: int
    visits_after: int


class TopicPart(Body, frozen=True, kw_only=True):
    """An item of a topic; without conditions it always belongs to it."""

    item: Code
    name: str
    department: str
    version: int
    promise_days: int
    immediate: bool = False
    when: tuple[Condition, ...] = ()
    after: tuple[Code, ...] = ()


class TopicGuide(Body, frozen=True, kw_only=True):
    """A topic as one form, one set of materials and one set of steps, for the answers given so far."""

    topic: Code
    name: str
    name_en: str
    version: int
    parts: tuple[TopicPart, ...]
    questions: tuple[SituationQuestion, ...]
    fields: tuple[FormField, ...]
    materials: tuple[GuideMaterial, ...]
    steps: tuple[GuideStep, ...]
    promise_days: int
    fee_cents: int
    saved: Savings
    is_complete: bool
    self_service: bool
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()


class EntryKind(StrEnum):
    """What a line of the catalogue leads to."""

    ITEM = "item"
    TOPIC = "topic"


class CatalogueEntry(Body, frozen=True, kw_only=True):
    """One line of the catalogue, enough to browse and to search.

    `pinyin` has one syllable for each character of the name; `keyword_pinyin` the same of each keyword, blanks between.
    """

    kind: EntryKind
    code: Code
    name: str
    name_en: str
    version: int
    pinyin: tuple[str, ...]
    keywords: tuple[str, ...] = ()
    keyword_pinyin: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    window: str = ""
    self_service: bool = False
    closed: str = ""
    items: int = 1
