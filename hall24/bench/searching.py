"""Finding an item among five thousand while it is typed."""

import time
from collections.abc import Callable, Sequence
from datetime import date
from functools import partial

from msgspec.structs import replace

from contract.catalogue import CatalogueEntry
from hall24.bench.figure import Bar, Figure, figure, middle
from hallkit.rules.item_search import ItemSearch
from intake_server.store.case_data import load_catalogue

ITEMS, ROUNDS = 5_000, 9
DAY = date(2026, 9, 14)
TYPED = (
    "食品经营许可", "不动产登记", "开饭店", "shipinjingying", "budongchandengji", "spjyxk", "bdcdj", "食品 xuke",
    "zzzz",
)  # fmt: skip


def figures() -> tuple[Figure, ...]:
    """Measure the slowest key of queries typed key by key; of each key the middle of its rounds counts."""
    entries = many(load_catalogue().entries(DAY))
    search, names = ItemSearch(entries), [entry.name for entry in entries]
    keys = [typed[:end] for typed in TYPED for end in range(1, len(typed) + 1)]
    found = max(middle([_took(partial(search.find, typed)) for _ in range(ROUNDS)]) for typed in keys)
    scan = max(middle([_took(partial(_scan, typed, names)) for _ in range(ROUNDS)]) for typed in keys)
    note = f"{len(keys)} keys, {ROUNDS} rounds"
    name = f"item search, {ITEMS:,} items, the slowest key"
    return (figure(name, found, "ms", ("one `in` a name", scan), Bar(most=20), note),)


def _scan(typed: str, names: Sequence[str]) -> int:
    return sum(typed in name for name in names)


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - began)


def many(entries: tuple[CatalogueEntry, ...]) -> list[CatalogueEntry]:
    """Return a catalogue of ITEMS lines, no two of one code."""
    return [replace(entries[place % len(entries)], code=f"item-{place}") for place in range(ITEMS)]
