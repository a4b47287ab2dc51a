"""A day's outcome as one JSON object."""

import json
from typing import Any

from hall24.day.run import Outcome


def report_of(outcome: Outcome) -> dict[str, Any]:
    """Return the report; `ok` comes first and is true only if every invariant held."""
    options = outcome.options
    return {
        "ok": outcome.ok,
        "seed": options.seed,
        "visitors": options.visitors,
        "faults": options.faults.value,
        "days": options.days,
        "hours": options.hours,
        "ledger": outcome.ledger,
        "rows": outcome.rows,
        "broken": outcome.broken,
        "counts": outcome.counts,
        "seconds": round(outcome.seconds, 2),
    }


def to_json(report: dict[str, Any]) -> str:
    """Return a report as text."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"
