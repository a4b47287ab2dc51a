"""A measured figure, the limit it is held against, and whether it is good enough."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import ceil
from statistics import median


@dataclass(frozen=True, slots=True)
class Bar:
    """What is good enough: the value or its ratio to the limit, at most or at least."""

    most: float | None = None
    least: float | None = None
    ratio_most: float | None = None
    ratio_least: float | None = None

    def holds(self, value: float, ratio: float) -> bool:
        """Return whether every part of the bar is met; nothing is at most or at least a NaN."""
        return all(
            (
                self.most is None or value <= self.most,
                self.least is None or value >= self.least,
                self.ratio_most is None or ratio <= self.ratio_most,
                self.ratio_least is None or ratio >= self.ratio_least,
            )
        )

    def text(self, unit: str) -> str:
        """Return the bar in words: `≤ 5 ms, ≤ 4 × limit`."""
        parts = [
            (self.most, "≤ {} " + unit),
            (self.least, "≥ {} " + unit),
            (self.ratio_most, "≤ {} × limit"),
            (self.ratio_least, "≥ {} × limit"),
        ]
        return ", ".join(words.format(shown(bound)).strip() for bound, words in parts if bound is not None) or "none"


@dataclass(frozen=True, slots=True)
class Figure:
    """One line of the table; `ratio` is value ÷ limit, `note` what a reader must know to trust it."""

    name: str
    value: float
    unit: str
    limit_name: str
    limit: float
    ratio: float
    bar: str
    ok: bool
    note: str = ""


def figure(name: str, value: float, unit: str, limit: tuple[str, float], bar: Bar, note: str = "") -> Figure:
    """Return the figure of `value` held against `limit` (its name and value in the same unit) and `bar`."""
    limit_name, bound = limit
    ratio = value / bound if bound else float("nan")
    return Figure(name, value, unit, limit_name, bound, ratio, bar.text(unit), bar.holds(value, ratio), note)


def quantile(samples: Sequence[float], share: float) -> float:
    """Return the smallest sample that `share` (0 to 1) of the samples do not exceed; ValueError for no samples."""
    if not samples:
        raise ValueError("no samples were taken")
    ordered = sorted(samples)
    return ordered[max(0, ceil(share * len(ordered)) - 1)]


def middle(samples: Sequence[float]) -> float:
    """Return the median of the rounds."""
    return float(median(samples))


def shown(value: float) -> str:
    """Return a number with three digits that count, thousands separated."""
    if value != value:
        return "–"
    if abs(value) >= 100 or value == int(value):
        return f"{value:,.0f}"
    return f"{value:.3g}"
