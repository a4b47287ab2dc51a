"""Every chip's hal is the simulated board's: the same names, the same arguments; and all of it compiles for boards."""

import ast
import json
import re
from pathlib import Path

import pytest

from firmware.bytecode import APPS, DEVICE, HAL_PARTS, compile_tree, programs
from firmware.updates.core.manifest import BOARD

HAL = DEVICE / "hal"
CHIPS = ("esp32", "rp2")


def methods(*modules: str) -> dict[str, tuple[str, list[str]]]:
    """Return the public methods of the last classes of hal modules: async or not, and their arguments."""
    found = {}
    for module in modules:
        tree = ast.parse((HAL / f"{module}.py").read_text("utf-8"))
        hal = next(one for one in tree.body if isinstance(one, ast.ClassDef) and one.name.endswith("Hal"))
        for one in hal.body:
            if isinstance(one, ast.FunctionDef | ast.AsyncFunctionDef) and not one.name.startswith("_"):
                found[one.name] = (type(one).__name__, [argument.arg for argument in one.args.args])
    return found


@pytest.mark.parametrize("chip", CHIPS)
def test_a_chips_hal_is_the_simulated_boards(chip: str) -> None:
    found = methods("chip", chip)
    found.pop("volts")
    assert found == methods("sim")


@pytest.mark.parametrize("chip", CHIPS)
def test_a_chips_hal_names_what_the_shared_part_asks(chip: str) -> None:
    shared = (HAL / "chip.py").read_text("utf-8")
    asked = set(re.findall(r"self\.([A-Z][A-Z_]+)\b|self\.(volts)\(", shared))
    own = (HAL / f"{chip}.py").read_text("utf-8")
    assert not [name for pair in sorted(asked) for name in pair if name and not re.search(rf"\b{name}\b", own)]


def test_whatever_the_programs_ask_of_their_board_is_in_the_interface() -> None:
    sources = "\n".join(
        one.read_text("utf-8") for folder in ("apps", "lib/h24") for one in (DEVICE / folder).glob("*.py")
    )
    asked = set(re.findall(r"\bhal\.([a-z_]+)|\b_hal\.([a-z_]+)", sources))
    known = {*methods("sim"), "root", "lcd", "line"}
    assert {name for pair in asked for name in pair if name} <= known


def test_every_hal_compiles_for_boards(tmp_path: Path) -> None:
    compile_tree(tmp_path, ("sim", *CHIPS))
    for chip in ("sim", *CHIPS):
        assert all((tmp_path / "hal" / f"{part}.mpy").stat().st_size for part in HAL_PARTS[chip])


@pytest.mark.parametrize("kind", APPS)
def test_a_release_of_each_board_fits_what_a_board_takes(kind: str) -> None:
    found = programs(kind, "esp32")
    lines = [{"name": name, "size": len(data), "sha256": "0" * 64} for name, data in found.items()]
    assert len(found) <= BOARD.files
    assert len(json.dumps(lines, separators=(",", ":"))) < BOARD.manifest - 512
    assert max(map(len, found.values())) <= BOARD.size


@pytest.mark.parametrize("chip", CHIPS)
def test_a_frozen_image_takes_its_libraries_by_name(chip: str) -> None:
    asked: list[str] = []
    frozen: list[str] = []
    names = {
        "include": asked.append,
        "require": asked.append,
        "freeze": lambda folder, *_, **__: frozen.append(folder),
        "module": lambda name, **_: frozen.append(name),
    }
    exec(compile((DEVICE / "boards" / chip / "manifest.py").read_text("utf-8"), chip, "exec"), names)
    assert {"ntptime", "ssl"} <= set(asked)
    assert all((DEVICE / "boards" / chip / folder).resolve().exists() for folder in frozen if "$" not in folder)
