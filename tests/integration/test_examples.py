"""Every file in examples/ is one a hall could start with."""

import configparser
import importlib
import tomllib
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from display_controller.config import display_table, role_of
from hall24.presets import county_hall
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import load, parse
from intake_server.config import IntakeConfig
from mqtt_bridge.config import bridge_table
from queue_caller.app.voices import voice_table
from queue_caller.config import queue_table, site_of

EXAMPLES = Path(__file__).parents[2] / "examples"
UNITS = sorted(EXAMPLES.glob("*.service"))


def hall() -> Hall:
    return load(EXAMPLES / "hall.toml", Hall)


def command(module: str) -> typer.Typer:
    program = importlib.import_module(f"{module}.__main__")
    if hasattr(program, "app"):
        return program.app  # type: ignore[no-any-return]
    single = typer.Typer()
    single.command()(program.main)
    return single


def test_the_example_hall_is_one_every_program_takes() -> None:
    example = hall()
    displays = [one for one in example.devices if one.kind in ("window-display", "hall-display")]

    assert site_of(example).hall == "example"
    assert queue_table(example).pass_cap == 6
    assert bridge_table(example).staff["1"] == "0101"
    assert voice_table(example).synthesizer == "espeak"
    assert parse(example.intake, IntakeConfig).rectify_days == 5
    assert len([role_of(example, one, display_table(example)) for one in displays]) == 28
    assert len(grants(example)) > 30


def test_the_example_hall_has_the_windows_and_queues_of_the_county_hall() -> None:
    example, county = hall(), parse(tomllib.loads(county_hall()), Hall)

    assert example.windows == county.windows
    assert example.zones == county.zones
    assert [one.id for one in example.services] == [one.id for one in county.services]
    assert {one.kind for one in county.devices} <= {one.kind for one in example.devices}


def test_the_example_hall_is_a_real_one() -> None:
    example = hall()

    assert not example.hall.demo
    assert not [one.name for one in example.devices for url in (one.url, one.printer) if url and "pty:" in url]


@pytest.mark.parametrize("unit", UNITS, ids=lambda one: one.stem)
def test_a_unit_starts_a_program_there_is(unit: Path) -> None:
    parser = configparser.ConfigParser(interpolation=None, strict=True)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read_string(unit.read_text("utf-8"))
    words = parser["Service"]["ExecStart"].split()
    module, rest = (words[2], words[3:]) if words[1] == "-m" else ("hall24", words[1:])

    assert CliRunner().invoke(command(module), [*rest, "--help"]).exit_code == 0
    assert parser["Service"]["RestartPreventExitStatus"] == "2"


def test_no_program_of_a_hall_is_without_its_unit() -> None:
    started = " ".join(unit.read_text("utf-8") for unit in UNITS)

    for program in ("hall24 broker", "mqtt_bridge", "queue_caller engine", "queue_caller voice",
                    "queue_caller ticket-machine", "display_controller", "intake_server"):  # fmt: skip
        assert program in started
