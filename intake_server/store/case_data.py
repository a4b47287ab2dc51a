"""The catalogue's and the roster's files read from a folder."""

import json
import tomllib
from pathlib import Path
from typing import Any

from intake_server.core.cases.catalogue import Catalogue
from intake_server.core.cases.catalogue_file import compile_catalogue, compile_roster
from intake_server.core.cases.errors import CatalogueError
from intake_server.core.cases.routing import Roster

DEMO = Path(__file__).parents[1] / "data"
FILES = ("fields", "materials", "questions", "items", "topics")


def load_catalogue(folder: Path = DEMO) -> Catalogue:
    """Return the catalogue in a folder; raise CatalogueError naming the file that is missing or wrong."""
    return compile_catalogue({name: _read(folder / f"{name}.toml") for name in FILES}, _pinyin(folder / "pinyin.json"))


def load_roster(folder: Path = DEMO) -> Roster:
    """Return the staff in a folder; raise CatalogueError naming the file that is missing or wrong."""
    return compile_roster(_read(folder / "staff.toml")["staff"])


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: {error}; correct or restore the file") from error


def _pinyin(path: Path) -> dict[str, tuple[str, ...]]:
    try:
        return {name: tuple(spelled.split()) for name, spelled in json.loads(path.read_text("utf-8")).items()}
    except (OSError, ValueError) as error:
        raise CatalogueError(f"{path.name}: {error}; run `python -m hall24.pinyin_data`") from error
