"""The pinyin of the catalogue's names and keywords, built ahead with pypinyin: `python -m hall24.pinyin_data`."""

import json
import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from intake_server.store.case_data import DEMO

FILE = "pinyin.json"


def names(folder: Path = DEMO) -> list[str]:
    """Return every item's and topic's name and keywords, in order."""
    items = tomllib.loads((folder / "items.toml").read_text("utf-8"))["implementation"]
    topics = tomllib.loads((folder / "topics.toml").read_text("utf-8"))["topic"]
    handling = [one for row in items for one in row["handling"]]
    named = [row["name"] for row in (*items, *topics)] + [one["name"] for one in handling if "name" in one]
    called = [word for one in (*handling, *topics) for word in one.get("keywords", ())]
    return sorted({*named, *called})


def document(wanted: Iterable[str]) -> str:
    """Return the file's text: each name's syllables, without tones and punctuation."""
    from pypinyin import lazy_pinyin

    spelled = {name: " ".join(lazy_pinyin(name, errors=_letters)) for name in wanted}
    return json.dumps(spelled, ensure_ascii=False, indent=1) + "\n"


def _letters(other: str) -> Any:
    """Return what is no Chinese character letter by letter; pypinyin takes the list, its types only know a text."""
    return [*other] if other.isalnum() else []


if __name__ == "__main__":
    (DEMO / FILE).write_text(document(names()), "utf-8")
