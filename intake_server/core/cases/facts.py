"""What the ledger calls the facts of cases, and which of their fields are personal."""

from typing import Any

from contract import case_facts as facts
from contract.body import Fact

APPLICATION: tuple[type[Fact], ...] = (
    facts.ApplicationSubmitted,
    facts.MaterialsSupplemented,
    facts.CaseWithdrawn,
    facts.WrongDataReported,
)
ACCEPTANCE: tuple[type[Fact], ...] = (
    facts.CaseAccepted,
    facts.CorrectionRequested,
    facts.ApplicationRefused,
    facts.SupplementReminded,
    facts.CaseReturned,
    facts.NoticeReissued,
)
DECISION: tuple[type[Fact], ...] = (
    facts.ReviewStarted,
    facts.ClockSuspended,
    facts.ClockResumed,
    facts.DeadlineExtended,
    facts.DueDateMoved,
    facts.PartDecided,
    facts.LampTurned,
    facts.SupervisionOrdered,
    facts.SupervisionAnswered,
    facts.AccountabilityOpened,
)
LICENCE: tuple[type[Fact], ...] = (facts.LicenceMade, facts.ResultHandedOut)

CENTRE_FACTS: tuple[type[Fact], ...] = (
    *APPLICATION,
    *ACCEPTANCE,
    *DECISION,
    *LICENCE,
    facts.CaseFact,
    facts.GuidePublished,
    facts.CalendarChanged,
)
"""The centre alone says these; from a device they are refused."""

PERSONAL: dict[str, dict[tuple[str, ...], Any]] = {
    "ApplicationSubmitted": {
        ("applicant",): None,
        ("answers",): [],
        ("address",): "",
        ("signature",): "",
        ("link",): "",
        ("query_code",): "",
        ("pickup_code",): "",
    },
    "MaterialsSupplemented": {("answers",): []},
    "ApplicationRefused": {("reason",): "", ("next_step",): ""},
    "CorrectionRequested": {("defects",): []},
    "DeadlineExtended": {("reason",): ""},
    "PartDecided": {("reason",): "", ("remedies",): "", ("defects",): []},
    "SupervisionAnswered": {("text",): ""},
    "WrongDataReported": {("person",): "", ("text",): ""},
}
