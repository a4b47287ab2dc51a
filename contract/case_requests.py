"""What devices ask of the centre's cases (service `intake`), and its answers."""

from datetime import date
from typing import Annotated

import msgspec

from contract.body import Body, Command, Reply, Request
from contract.cases import (
    Answer,
    Applicant,
    CaseChannel,
    CasePart,
    CaseProgress,
    CaseRefusal,
    CountedDay,
    DeliveryWay,
    Digest,
    GivenMaterial,
    Line,
    Notice,
    NoticeKind,
    PaperMaterial,
)
from contract.catalogue import CatalogueEntry, Code, ItemGuide, TopicGuide

PART_BYTES = 24_576
"""Bytes of a document in one message at most."""

DOCUMENT_BYTES = 4_000_000
"""Bytes of one document at most."""

_Answers = Annotated[tuple[Answer, ...], msgspec.Meta(max_length=120)]
_Given = Annotated[tuple[GivenMaterial, ...], msgspec.Meta(max_length=60)]
_Codes = Annotated[tuple[Code, ...], msgspec.Meta(max_length=20)]


class AskCatalogue(Request, frozen=True, kw_only=True):
    """Tell what can be applied for, from the line after `after` on; nothing if `known` is still its fingerprint."""

    known: Line = ""
    after: Code = ""


class AskItem(Request, frozen=True, kw_only=True):
    """Tell an item's guide: the one in force, or an older version."""

    item: Code
    version: int | None = None


class AskTopic(Request, frozen=True, kw_only=True):
    """Tell a topic's one form and one set of materials for the situation answered so far."""

    topic: Code
    situation: _Answers = ()


class AskOnFile(Request, frozen=True, kw_only=True):
    """Tell what these items ask for that the centre already holds, of a person who agreed to that."""

    identity: Annotated[str, msgspec.Meta(max_length=18)]
    items: _Codes
    consent: bool


class SendDocument(Request, frozen=True, kw_only=True):
    """Keep a piece of a document's bytes; `digest` is SHA-256 of the whole, pieces come in order."""

    digest: Digest
    size: Annotated[int, msgspec.Meta(ge=1, le=DOCUMENT_BYTES)]
    offset: Annotated[int, msgspec.Meta(ge=0)]
    data: Annotated[bytes, msgspec.Meta(min_length=1, max_length=PART_BYTES)]


class CheckApplication(Request, frozen=True, kw_only=True):
    """Tell what an application would be answered if it were handed in now; nothing is kept."""

    items: _Codes = ()
    topic: Code | None = None
    situation: _Answers = ()
    answers: _Answers = ()
    materials: _Given = ()
    promises: _Codes = ()
    defers: bool = False


class SubmitApplication(Request, frozen=True, kw_only=True):
    """Hand an application in: `items` or one `topic`; `defers` is the signed promise to bring deferrable materials."""

    applicant: Applicant
    channel: CaseChannel
    items: _Codes = ()
    topic: Code | None = None
    situation: _Answers = ()
    answers: _Answers = ()
    materials: _Given = ()
    promises: _Codes = ()
    defers: bool = False
    consents: _Codes = ()
    delivery: DeliveryWay = DeliveryWay.WINDOW
    address: Line = ""
    signature: Digest | None = None


class AskProgress(Request, frozen=True, kw_only=True):
    """Tell how cases stand: by the link on a notice, by number with its query code, by card, or by bare number."""

    link: Code | None = None
    case: Code | None = None
    query_code: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    identity: Annotated[str, msgspec.Meta(max_length=18)] | None = None


class SupplementCase(Request, frozen=True, kw_only=True):
    """Bring what a notice asked for, found by its link or by number with query code."""

    link: Code | None = None
    case: Code | None = None
    query_code: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    materials: _Given = ()
    answers: _Answers = ()


class WithdrawCase(Request, frozen=True, kw_only=True):
    """Take an application back before it is decided."""

    link: Code | None = None
    case: Code | None = None
    query_code: Annotated[str, msgspec.Meta(max_length=16)] | None = None


class ReprintNotice(Request, frozen=True, kw_only=True):
    """Give a notice again, marked with its copy number; by link, by number with query code, or by card."""

    document: Line
    link: Code | None = None
    case: Code | None = None
    query_code: Annotated[str, msgspec.Meta(max_length=16)] | None = None
    identity: Annotated[str, msgspec.Meta(max_length=18)] | None = None


class ReportWrongData(Request, frozen=True, kw_only=True):
    """Say that data offered from the centre's files is wrong; blocks nothing, opens a correction for its owner."""

    identity: Annotated[str, msgspec.Meta(max_length=18)]
    field: Code
    text: Line


class CatalogueReply(Reply, frozen=True, kw_only=True):
    """Lines of the catalogue; go on asking with `after` until it is empty. Unchanged: no lines and the same print."""

    fingerprint: str
    entries: tuple[CatalogueEntry, ...] = ()
    after: str = ""


class ItemReply(Reply, frozen=True, kw_only=True):
    """One item's guide."""

    guide: ItemGuide


class TopicReply(Reply, frozen=True, kw_only=True):
    """One topic's guide for the answers given."""

    guide: TopicGuide


class MaterialOnFile(Body, frozen=True, kw_only=True):
    """A material the centre already holds, from which case, and until when it may be used again."""

    code: str
    case: str
    until: date | None = None


class OnFileReply(Reply, frozen=True, kw_only=True):
    """What need not be asked again."""

    materials: tuple[MaterialOnFile, ...] = ()
    answers: tuple[Answer, ...] = ()


class DocumentReply(Reply, frozen=True, kw_only=True):
    """How many bytes of a document are kept; send from there on."""

    digest: str
    received: int
    is_complete: bool


class CheckReply(Reply, frozen=True, kw_only=True):
    """What would be answered: the kind of notice, what is missing, and the day it would be done by."""

    kind: NoticeKind
    parts: tuple[CasePart, ...]
    defects: tuple[PaperMaterial, ...] = ()
    outstanding: tuple[PaperMaterial, ...] = ()
    reason: str = ""
    next_step: str = ""
    due: date | None = None
    provisional: bool = False
    days: tuple[CountedDay, ...] = ()


class CaseReply(Reply, frozen=True, kw_only=True):
    """A case, committed, with its newest notice; `repeated` when the same application was already here."""

    case: str
    notice: Notice
    progress: CaseProgress
    repeated: bool = False


class ProgressReply(Reply, frozen=True, kw_only=True):
    """The cases found, newest first."""

    cases: tuple[CaseProgress, ...]


class NoticeReply(Reply, frozen=True, kw_only=True):
    """A notice to print."""

    notice: Notice


class CaseRefused(Reply, frozen=True, kw_only=True):
    """Not done, and why; `detail` names the field, material or item."""

    code: CaseRefusal
    detail: str = ""


class RenewCatalogue(Command, frozen=True, kw_only=True):
    """A guide was published: ask for the catalogue again."""

    fingerprint: str
