"""The ratings page as plain values; nobody who rated is in them."""

from dataclasses import dataclass
from datetime import date
from typing import Any

from contract.rating import RatingGrade
from hallkit.rules.calendar import published
from intake_server.core.kinds import RectificationState
from intake_server.core.ratings import Ratings, Rectification
from intake_server.web.words import Words


@dataclass(frozen=True, slots=True)
class RectificationLine:
    """A bad rating being answered; `level` is ok, attention or stopped by its due day."""

    window: str
    rated: str
    grade: str
    why: str
    state: str
    step: int
    due: str
    left: str
    level: str
    is_provisional: bool


def page(ratings: Ratings, words: Words, today: date) -> dict[str, Any]:
    """Return what the ratings page shows."""
    records = sorted(ratings.rectifications.values(), key=lambda one: (_is_closed(one), one.due.day, one.opened_at))
    return {
        "columns": (
            (words("ratings.today"), ratings.rate(today), ratings.grades(today)),
            (words("ratings.all"), ratings.rate(), ratings.grades()),
        ),
        "lines": [_line(ratings, one, words, today) for one in records],
        "steps": len(RectificationState),
    }


def _is_closed(record: Rectification) -> bool:
    return record.state is RectificationState.CLOSED


def _line(ratings: Ratings, record: Rectification, words: Words, today: date) -> RectificationLine:
    late = record.lateness(today, published())
    level = "ok" if late < 0 or _is_closed(record) else "attention" if late == 0 else "stopped"
    return RectificationLine(
        str(record.window or "–"),
        f"{words.day(record.opened_at)} {words.clock(record.opened_at)}",
        words(f"grade.{int(_grade(ratings, record))}"),
        _why(ratings, record, words),
        words(f"rect.{record.state.value}"),
        list(RectificationState).index(record.state) + 1,
        f"{record.due.day:%m-%d}",
        "" if _is_closed(record) else _left(late, words),
        level,
        record.due.provisional,
    )


def _grade(ratings: Ratings, record: Rectification) -> RatingGrade:
    return min(one.grade for one in ratings.of(record.service_event))


def _why(ratings: Ratings, record: Rectification, words: Words) -> str:
    bad = [one for one in ratings.of(record.service_event) if one.grade.is_bad]
    ticked = [words(f"reason.{reason.value}") for one in bad for reason in one.reasons]
    if any(one.has_text for one in bad):
        ticked.append(words("ratings.words"))
    return (", " if words.is_english else "、").join(ticked) or words("ratings.no_reason")


def _left(late: int, words: Words) -> str:
    if late == 0:
        return words("ratings.due_today")
    return words("ratings.late", days=late) if late > 0 else words("ratings.left", days=-late)
