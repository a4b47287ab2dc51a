"""What happened to a case: its own journal, and rows of the centre's ledger."""

from datetime import date

from contract.body import Fact
from contract.cases import (
    Answer,
    Applicant,
    CaseChannel,
    CasePart,
    Defect,
    DeliveryWay,
    GivenMaterial,
    Lamp,
    Outcome,
    Outstanding,
)
from contract.link import Fault
from contract.moment import Moment


class CaseFact(Fact, frozen=True, kw_only=True):
    """A fact about one case; `by` is the staff number of who did it, empty for the machine itself."""

    case: str
    at: Moment
    by: str = ""


class ApplicationSubmitted(CaseFact, frozen=True, kw_only=True):
    """An application was handed in; everything about the person is erasable."""

    channel: CaseChannel
    device: str
    parts: tuple[CasePart, ...]
    topic: str | None = None
    topic_version: int = 0
    situation: tuple[Answer, ...] = ()
    materials: tuple[GivenMaterial, ...] = ()
    promises: tuple[str, ...] = ()
    defers: bool = False
    consents: tuple[str, ...] = ()
    delivery: DeliveryWay = DeliveryWay.WINDOW
    responsible: str = ""
    receipt: str = ""
    answer_by: date | None = None
    applicant: Applicant | None = None
    answers: tuple[Answer, ...] = ()
    address: str = ""
    signature: str = ""
    link: str = ""
    query_code: str = ""
    pickup_code: str = ""


class CaseAccepted(CaseFact, frozen=True, kw_only=True):
    """The application was accepted, whole or with materials outstanding; `deemed` by five working days' silence."""

    document: str
    accepted_on: date
    due: date
    promise_days: int
    calendar: str
    provisional: bool = False
    outstanding: tuple[Outstanding, ...] = ()
    deemed: bool = False


class CorrectionRequested(CaseFact, frozen=True, kw_only=True):
    """The applicant was told once everything that has to be put right."""

    document: str
    defects: tuple[Defect, ...]
    answer_by: date


class ApplicationRefused(CaseFact, frozen=True, kw_only=True):
    """The application was not accepted: why, and where to go instead."""

    document: str
    reason: str
    next_step: str


class MaterialsSupplemented(CaseFact, frozen=True, kw_only=True):
    """The applicant brought what was asked for."""

    device: str = ""
    materials: tuple[GivenMaterial, ...] = ()
    answer_by: date | None = None
    receipt: str = ""
    answers: tuple[Answer, ...] = ()


class SupplementReminded(CaseFact, frozen=True, kw_only=True):
    """The last day of an outstanding material passed; the applicant was reminded and has until `until`."""

    codes: tuple[str, ...]
    until: date


class CaseReturned(CaseFact, frozen=True, kw_only=True):
    """The application went back to the applicant, as the item's rule says, for materials that never came."""

    codes: tuple[str, ...]


class CaseWithdrawn(CaseFact, frozen=True, kw_only=True):
    """The applicant took the application back."""


class ReviewStarted(CaseFact, frozen=True, kw_only=True):
    """A back-office reviewer took a part of the case."""

    item: str


class ClockSuspended(CaseFact, frozen=True, kw_only=True):
    """A special procedure begins, of which the applicant was told in writing; its days do not count."""

    procedure: str
    since: date
    document: str


class ClockResumed(CaseFact, frozen=True, kw_only=True):
    """The special procedure is over; `due` is counted anew."""

    until: date
    due: date
    provisional: bool = False


class DeadlineExtended(CaseFact, frozen=True, kw_only=True):
    """The responsible leader gave `days` more working days; the applicant was told why."""

    days: int
    reason: str
    due: date
    provisional: bool = False


class DueDateMoved(CaseFact, frozen=True, kw_only=True):
    """A new table of working days moved the due date."""

    due: date
    calendar: str
    provisional: bool = False


class PartDecided(CaseFact, frozen=True, kw_only=True):
    """A part of the case was decided; a denial has a reason and tells the remedies."""

    item: str
    outcome: Outcome
    document: str = ""
    reason: str = ""
    remedies: str = ""
    defects: tuple[Defect, ...] = ()
    answer_by: date | None = None


class LicenceMade(CaseFact, frozen=True, kw_only=True):
    """The result of a granted part exists and lies at the unified hand-out window."""

    item: str
    licence: str


class ResultHandedOut(CaseFact, frozen=True, kw_only=True):
    """The results were handed to whoever proved the right to them."""

    proof: str


class NoticeReissued(CaseFact, frozen=True, kw_only=True):
    """A notice was given again, as copy number `copy`."""

    document: str
    copy: int
    device: str = ""


class LampTurned(CaseFact, frozen=True, kw_only=True):
    """The case's lamp changed, or a warning was given while it is green."""

    lamp: Lamp
    warned: bool = False


class SupervisionOrdered(CaseFact, frozen=True, kw_only=True):
    """The supervision asked the department to answer for a red lamp by a day."""

    document: str
    answer_by: date


class SupervisionAnswered(CaseFact, frozen=True, kw_only=True):
    """The department answered for a red lamp."""

    text: str


class AccountabilityOpened(CaseFact, frozen=True, kw_only=True):
    """Nobody answered for a red lamp in time."""


class NoticePrinted(Fact, frozen=True, kw_only=True):
    """The printer confirmed a notice; `copy` counts from 1 for a slip marked 补打."""

    job: str
    document: str
    copy: int = 0


class NoticePrintFailed(Fact, frozen=True, kw_only=True):
    """A notice is not known to have come out, and why."""

    job: str
    document: str
    cause: Fault


class WrongDataReported(Fact, frozen=True, kw_only=True):
    """A citizen says that data of a field held here is wrong; its owner corrects it."""

    field: str
    at: Moment
    answer_by: date
    person: str = ""
    text: str = ""


class GuidePublished(Fact, frozen=True, kw_only=True):
    """A version of an item's guide was published."""

    item: str
    version: int
    effective: date
    by: str
    at: Moment


class CalendarChanged(Fact, frozen=True, kw_only=True):
    """The working days of one year were replaced after a notice of the State Council."""

    calendar: str
    year: int
    moved: int
    by: str
    at: Moment
