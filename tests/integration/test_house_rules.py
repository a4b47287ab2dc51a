"""The rules of the house, for the whole tree: sizes, names, words and prints."""

import ast
import re
import subprocess
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "contract", "hallkit", "kiosk", "queue_caller", "display_controller", "mqtt_bridge", "intake_server", "firmware",
    "simulators", "hall24",
)  # fmt: skip
DEVICE = ("firmware", "device")
"""Another tree, for MicroPython: its sizes count, its prints are the board's log."""
LONGEST_MODULE, LONGEST_FUNCTION = 400, 40
LARGEST_FILE = 1_000_000
WORLD = re.compile(r"\btmp_path|^(?:import|from) (?:subprocess|socket|multiprocessing|sqlalchemy)\b", re.MULTILINE)
"""What a unit test does without: the disk, processes, ports, a database engine."""
NO_NAMES = {"utils", "util", "common", "helpers", "helper", "manager", "misc"}
NO_WORDS = re.compile(
    r"\b(TODO|FIXME|HACK)\b|\b(?:placeholder|for now(?!,)|simplified|temporary hack|not implemented yet)\b"
)
MACHINE_PATHS = re.compile(r"(?<![\w.])/(?:work|home|root|Users)/|[A-Z]:\\\\Users\\\\")
REGISTRIES = re.compile(
    r"(?:pypi\.org|pythonhosted|artifactory|jfrog|nexus\.|devpi|index-url|mirrors?\.[a-z]+\.(?:com|cn|edu))"
)
TEXTS = {".py", ".md", ".toml", ".yaml", ".json", ".html", ".css", ".js", ".service", ".svg", ""}
DEFINITION = re.compile(r"\s*(?:async def|def|class|@)\b|\s*@")
THIS = Path(__file__).resolve()
MAY_PRINT = {"hallkit/inventory/start.py", "hall24/system.py", "hall24/bench/echo.py"}
"""Where printing is the work: a program's faults on standard error, what to install, a measuring process's port."""


@cache
def tracked() -> tuple[Path, ...]:
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=False).stdout
    if not listed:
        pytest.skip("no git checkout: the rules are about tracked files")
    return tuple(path for path in (ROOT / name for name in listed.split("\0") if name) if path.is_file())


@cache
def modules() -> tuple[Path, ...]:
    def is_ours(parts: tuple[str, ...]) -> bool:
        return parts[0] in PACKAGES and parts[:2] != DEVICE

    return tuple(path for path in tracked() if path.suffix == ".py" and is_ours(path.relative_to(ROOT).parts))


def named(path: Path) -> str:
    return str(path.relative_to(ROOT))


def may_be_long(source: str) -> bool:
    """Whether a function may reach beyond the limit; spares the parsing of every other file."""
    lines = source.splitlines()
    starts = [(number, len(line) - len(line.lstrip())) for number, line in enumerate(lines) if DEFINITION.match(line)]
    for place, (number, depth) in enumerate(starts):
        end = next((other for other, deeper in starts[place + 1 :] if deeper <= depth), len(lines))
        if end - number > LONGEST_FUNCTION:
            return True
    return False


def walk(path: Path, source: str) -> Iterator[ast.AST]:
    return ast.walk(ast.parse(source, str(path)))


@cache
def code() -> tuple[tuple[Path, str], ...]:
    return tuple((path, path.read_text("utf-8")) for path in tracked() if path.suffix == ".py")


def texts() -> Iterator[tuple[str, str]]:
    for path in tracked():
        if path.suffix in TEXTS and path.resolve() != THIS:
            yield named(path), path.read_text("utf-8")


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    assert not [f"{named(path)}: {size}" for path, text in code() if (size := text.count("\n")) > LONGEST_MODULE]


def test_no_function_is_longer_than_a_screen() -> None:
    long = [
        f"{named(path)}:{one.lineno} {one.name}: {size}"
        for path, source in code()
        if may_be_long(source)
        for one in walk(path, source)
        if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef)
        and (size := (one.end_lineno or 0) - one.lineno + 1) > LONGEST_FUNCTION
    ]

    assert not long


def test_a_module_is_named_after_what_it_is() -> None:
    assert not [named(path) for path in modules() if NO_NAMES & {*path.relative_to(ROOT).parts[:-1], path.stem}]


def test_nothing_is_left_for_another_day() -> None:
    left = [
        f"{named(path)}:{number}: {found[0]}"
        for path, source in code()
        if path.resolve() != THIS and NO_WORDS.search(source)
        for number, line in enumerate(source.splitlines(), 1)
        if (found := NO_WORDS.search(line))
    ]

    assert not left


def test_the_tree_names_no_machine_and_no_package_registry() -> None:
    found = [
        f"{name}: {hit[0]}"
        for name, text in texts()
        for hit in (MACHINE_PATHS.search(text), REGISTRIES.search(text))
        if hit
    ]

    assert not found


def test_every_test_file_has_a_name_of_its_own() -> None:
    names = Counter(path.name for path in tracked() if path.name.startswith("test_"))

    assert not [name for name, times in names.items() if times > 1]


def test_a_unit_test_touches_no_disk_no_process_and_no_port() -> None:
    units = ((path, source) for path, source in code() if path.is_relative_to(ROOT / "tests" / "unit"))

    assert not [f"{named(path)}: {found[0]}" for path, source in units if (found := WORLD.search(source))]


def test_a_text_ends_with_its_last_line_and_no_line_with_blanks() -> None:
    ragged = re.compile(r"[ \t]$|^(?:<{7}|>{7}) |\n\n\Z|[^\n]\Z", re.MULTILINE)

    assert not [name for name, text in texts() if ragged.search(text)]


def test_no_file_is_too_large_to_look_at() -> None:
    assert not [named(path) for path in tracked() if path.stat().st_size > LARGEST_FILE]


def test_library_code_prints_nothing() -> None:
    prints = [
        f"{named(path)}:{one.lineno}"
        for path, source in code()
        if path in modules() and path.name != "__main__.py" and named(path) not in MAY_PRINT and "print(" in source
        for one in walk(path, source)
        if isinstance(one, ast.Call) and isinstance(one.func, ast.Name) and one.func.id == "print"
    ]

    assert not prints


def test_only_synthetic_identities_stand_in_the_tree() -> None:
    identity = re.compile(r"(?<!\d)[1-8]\d{5}(?:19|20)\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])\d{3}[\dX](?!\d)")

    assert not [f"{name}: {hit[0]}" for name, text in texts() if (hit := identity.search(text))]


def test_documents_lead_where_they_say() -> None:
    link = re.compile(r"\[[^\]]*\]\((?!https?:|#|mailto:)([^)#\s]+)")
    broken = [
        f"{named(path)}: {target}"
        for path in tracked()
        if path.suffix == ".md"
        for target in link.findall(path.read_text("utf-8"))
        if not (path.parent / target).exists()
    ]

    assert not broken
