"""What a hall asks of its Modbus units, and what it learns from them."""

from dataclasses import dataclass, field
from enum import StrEnum

from mqtt_bridge.core.field_inputs import Threshold


class InputTable(StrEnum):
    """Where in a unit a value stands."""

    COILS = "coils"
    DISCRETE_INPUTS = "discrete_inputs"
    HOLDING_REGISTERS = "holding_registers"
    INPUT_REGISTERS = "input_registers"


class UnitHealth(StrEnum):
    """How a unit is; `refuses` means that its address table and the configuration differ."""

    ONLINE = "online"
    SILENT = "silent"
    REFUSES = "refuses"
    LINE_LOST = "line_lost"


@dataclass(frozen=True, slots=True)
class Sensor:
    """One input by name: where it stands, read `every` seconds, a change counts after `settle` seconds."""

    name: str
    unit: int
    table: InputTable
    address: int
    every: float = 0.25
    settle: float = 0.0
    threshold: Threshold = field(default_factory=Threshold)


@dataclass(frozen=True, slots=True)
class Relay:
    """One coil by name, for a lamp or a door opener."""

    name: str
    unit: int
    address: int


@dataclass(frozen=True, slots=True)
class Read:
    """Read `count` values in a row."""

    unit: int
    table: InputTable
    address: int
    count: int


@dataclass(frozen=True, slots=True)
class Switch:
    """Switch one coil."""

    unit: int
    address: int
    on: bool


@dataclass(frozen=True, slots=True)
class UnitTurn:
    """Ask this, not before `at` (steady seconds)."""

    at: float
    request: Read | Switch


@dataclass(frozen=True, slots=True)
class InputChanged:
    """A settled input is now `active`, or was found so first."""

    name: str
    active: bool


@dataclass(frozen=True, slots=True)
class UnitHealthChanged:
    """A unit is now `health`; `code` is the Modbus exception code of a refusal."""

    unit: int
    health: UnitHealth
    code: int | None = None


UnitEvent = InputChanged | UnitHealthChanged
