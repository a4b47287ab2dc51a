"""Words of a case: enumerations and the small records that requests, replies and facts share."""

from datetime import date
from enum import StrEnum
from typing import Annotated

import msgspec

from contract.body import Body
from contract.catalogue import Code, MaterialWay
from contract.moment import Moment

SERVICE = "intake"
"""The service name that requests to the centre carry."""

Digest = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{64}$")]
"""SHA-256 of a document, in hexadecimal."""

Line = Annotated[str, msgspec.Meta(max_length=200)]
Words = Annotated[str, msgspec.Meta(max_length=2000)]


class CaseChannel(StrEnum):
    """The four ways an application comes in."""

    WINDOW = "window"
    WEB = "web"
    KIOSK = "kiosk"
    MOBILE = "mobile"


class CaseState(StrEnum):
    """Where a case is; the last four are its ends."""

    SUBMITTED = "submitted"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REVIEW = "review"
    SUSPENDED = "suspended"
    DECIDED = "decided"
    HANDED_OUT = "handed_out"
    REFUSED = "refused"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"


class PublicState(StrEnum):
    """The six states a citizen's page knows."""

    SUBMITTED = "submitted"
    CORRECTION = "correction"
    ACCEPTED = "accepted"
    REVIEW = "review"
    FINISHED = "finished"
    CLOSED = "closed"


class NoticeKind(StrEnum):
    """The papers an application is answered with; `RECEIPT` only says that it arrived."""

    RECEIPT = "receipt"
    ACCEPTANCE = "acceptance"
    CONDITIONAL = "conditional"
    CORRECTION = "correction"
    REFUSAL = "refusal"
    SPECIAL = "special"
    DECISION = "decision"


class Outcome(StrEnum):
    """The only three outcomes of a decision."""

    GRANTED = "granted"
    SUPPLEMENT = "supplement"
    DENIED = "denied"


class Lamp(StrEnum):
    """How an open case stands with its promise."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class DeliveryWay(StrEnum):
    """How the citizen gets the result."""

    WINDOW = "window"
    POST = "post"
    LOCKER = "locker"
    ONLINE = "online"


class CaseRefusal(StrEnum):
    """Why a request about a case was not carried out; programs turn the code into words."""

    NO_CASE = "no_case"
    NO_ITEM = "no_item"
    NO_TOPIC = "no_topic"
    NO_DOCUMENT = "no_document"
    NO_STAFF = "no_staff"
    NOT_AUTHORISED = "not_authorised"
    SAME_PERSON = "same_person"
    WRONG_STATE = "wrong_state"
    WRONG_PROOF = "wrong_proof"
    REASON_MISSING = "reason_missing"
    ALREADY_TOLD = "already_told"
    ALREADY_HANDED_OUT = "already_handed_out"
    KEY_REUSED = "key_reused"
    BAD_IDENTITY = "bad_identity"
    BAD_DOCUMENT = "bad_document"
    BAD_ANSWER = "bad_answer"
    NO_CONSENT = "no_consent"
    NOT_PROMISABLE = "not_promisable"
    FAULT = "fault"


class Applicant(Body, frozen=True, kw_only=True):
    """Who applies: a person, or a person for a company; `agent` is who acts on a recorded mandate."""

    name: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]
    identity: Annotated[str, msgspec.Meta(max_length=18)]
    phone: Annotated[str, msgspec.Meta(max_length=20)] = ""
    company: Annotated[str, msgspec.Meta(max_length=100)] = ""
    credit_code: Annotated[str, msgspec.Meta(max_length=18)] = ""
    agent: Annotated[str, msgspec.Meta(max_length=50)] = ""
    mandate: Annotated[str, msgspec.Meta(max_length=64)] = ""


class Answer(Body, frozen=True, kw_only=True):
    """The answer to a form field or a situation question."""

    code: Code
    value: Words


class GivenMaterial(Body, frozen=True, kw_only=True):
    """A material as brought; `digest` names its bytes, sent before."""

    code: Code
    way: MaterialWay
    digest: Digest | None = None
    pages: int = 0


class CasePart(Body, frozen=True, kw_only=True):
    """One item of a case with the version of its guide the case keeps."""

    item: Code
    version: int


class Outstanding(Body, frozen=True, kw_only=True):
    """A material that may still follow, and its last day."""

    code: Code
    due: date


class Defect(Body, frozen=True, kw_only=True):
    """What has to be put right: a material or a field by code, and how."""

    code: Code
    remedy: Line


class PaperMaterial(Body, frozen=True, kw_only=True):
    """A material as a notice names it: `detail` says how it came or how it may follow; `code` if it may be brought."""

    title: str
    detail: str = ""
    due: date | None = None
    code: Code = ""


class Notice(Body, frozen=True, kw_only=True):
    """Everything a notice says, masked and ready to print; `copy` counts reprints, `count_from` is the first day."""

    document: str
    kind: NoticeKind
    case: str
    issued_at: Moment
    applicant: str
    identity: str
    item: str
    responsible: str
    responsible_phone: str
    promise_days: int
    link: str
    query_code: str
    due: date | None = None
    provisional: bool = False
    received_on: date | None = None
    count_from: date | None = None
    answer_by: date | None = None
    received: tuple[PaperMaterial, ...] = ()
    outstanding: tuple[PaperMaterial, ...] = ()
    defects: tuple[PaperMaterial, ...] = ()
    consequence: str = ""
    reason: str = ""
    next_step: str = ""
    delivery: DeliveryWay = DeliveryWay.WINDOW
    deemed: bool = False
    outcome: Outcome | None = None
    fingerprint: str = ""
    copy: int = 0


class DayMark(StrEnum):
    """Why a day of a promise counts or does not."""

    START = "start"
    COUNTED = "counted"
    SHIFTED = "shifted"
    WEEKEND = "weekend"
    HOLIDAY = "holiday"
    SUSPENDED = "suspended"


class CountedDay(Body, frozen=True, kw_only=True):
    """One day of the way to a due date; `number` is which working day it is, 0 for a day that does not count."""

    day: date
    mark: DayMark
    number: int = 0
    provisional: bool = False


class ProgressStep(Body, frozen=True, kw_only=True):
    """One step on the citizen's page; `at` is None while it lies ahead."""

    code: str
    title: str = ""
    at: Moment | None = None
    expected: date | None = None
    detail: str = ""
    is_now: bool = False


class CaseProgress(Body, frozen=True, kw_only=True):
    """How a case stands; the personal part is empty when it was asked for by the bare number."""

    case: str
    state: PublicState
    item: str
    as_of: Moment
    applicant: str = ""
    link: str = ""
    due: date | None = None
    provisional: bool = False
    days_left: int | None = None
    lamp: Lamp | None = None
    is_suspended: bool = False
    outcome: Outcome | None = None
    responsible: str = ""
    outstanding: tuple[PaperMaterial, ...] = ()
    defects: tuple[PaperMaterial, ...] = ()
    reason: str = ""
    next_step: str = ""
    steps: tuple[ProgressStep, ...] = ()
    days: tuple[CountedDay, ...] = ()
    delivery: DeliveryWay | None = None
    documents: tuple[str, ...] = ()
    pickup_code: str = ""
