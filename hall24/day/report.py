"""A day's outcome as one JSON object."""

import json
from typing import Any

import msgspec

from hall24.day.fault_plan import FaultPlan
from hall24.day.outcome import Outcome

_PLANS = msgspec.json.Decoder(list[FaultPlan])


def report_of(outcome: Outcome) -> dict[str, Any]:
    """Return the report; `ok` comes first and is true only if every invariant held."""
    options = outcome.options
    report: dict[str, Any] = {
        "ok": outcome.ok,
        "seed": options.seed,
        "visitors": options.visitors,
        "faults": options.faults.value,
        "days": options.days,
        "begins": options.begins,
        "hours": options.hours,
        "ledger": outcome.ledger,
        "centre_ledger": outcome.centre_ledger,
        "rows": outcome.rows,
        "broken": outcome.broken,
        "counts": outcome.counts,
        "faults_injected": outcome.injected,
        "faults_survived": outcome.survived,
        "log_lines": outcome.log_lines,
        "by_hour": {str(hour): outcome.hours[hour].as_json() for hour in sorted(outcome.hours)},
        "stores_on_a_drive": options.has_drive,
        "rss_megabytes_by_day": [value >> 20 for value in outcome.rss],
        "seconds": round(outcome.seconds, 2),
    }
    if outcome.broken:
        report["replay"] = replay_command(outcome)
        report["ledger_around"] = outcome.around
        report["fault_list"] = [msgspec.to_builtins(one) for one in outcome.plan]
    return report


def replay_command(outcome: Outcome, fault_list: str | None = None) -> str:
    """Return the command that lives the day again."""
    one = outcome.options
    words = f"hall24 day --seed {one.seed} --visitors {one.visitors} --faults {one.faults.value} --days {one.days}"
    words += f" --begins {one.begins:g} --hours {one.hours:g}"
    return f"{words} --fault-list {fault_list}" if fault_list else words


def to_json(report: dict[str, Any]) -> str:
    """Return a report as text."""
    return json.dumps(report, ensure_ascii=False, indent=1) + "\n"


def read_plan(text: bytes) -> list[FaultPlan]:
    """Return the faults of a list written earlier; raise msgspec.DecodeError for anything else."""
    return _PLANS.decode(text)
