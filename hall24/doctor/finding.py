"""What the doctor found: one sentence, and what to do about it."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table


@dataclass(frozen=True, slots=True)
class Finding:
    """One checked thing; `advice` is empty when it is well."""

    subject: str
    ok: bool
    found: str
    advice: str = ""


def well(subject: str, found: str) -> Finding:
    """Return a finding that needs nothing."""
    return Finding(subject, True, found)


def ill(subject: str, found: str, advice: str) -> Finding:
    """Return a finding somebody must act on."""
    return Finding(subject, False, found, advice)


def as_json(findings: Sequence[Finding]) -> dict[str, Any]:
    """Return the report; `ok` comes first and is true only if all is well."""
    return {"ok": all(one.ok for one in findings), "findings": [asdict(one) for one in findings]}


def as_table(findings: Sequence[Finding]) -> Table:
    """Return the findings for a terminal."""
    table = Table("", "what", "found", "what to do")
    for one in findings:
        table.add_row("ok" if one.ok else "WRONG", one.subject, one.found, one.advice)
    return table
