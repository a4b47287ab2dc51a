"""The display controller's part of the hall's file."""

from dataclasses import dataclass

from display_controller.core.scene import HallRole, Role, WindowRole
from display_controller.core.texts import Language
from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.runtime.config import field, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayTable:
    """[display]"""

    languages: tuple[str, ...] = field("languages in turn: zh, en", default=("zh", "en"))
    brightness: int = field("percent by day", default=100, low=1, high=100)
    night_brightness: int = field("percent from 22:00 to 06:00", default=40, low=1, high=100)


def display_table(hall: Hall) -> DisplayTable:
    """Return [display]; raise ConfigError naming every fault."""
    try:
        return parse(hall.display, DisplayTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"display.{line}" for line in str(error).splitlines())) from error


def role_of(hall: Hall, device: DeviceEntry, table: DisplayTable) -> Role:
    """Return what a panel is for; raise ConfigError for a window display without a window."""
    languages = _languages(table)
    names = {service.id: (service.name, service.name_en) for service in hall.services}
    if device.kind == "hall-display":
        shown = tuple((one.id, names[one.id]) for one in hall.services if one.zone == device.zone)
        return HallRole(services=shown, languages=languages)
    if device.window is None:
        raise ConfigError(f"devices.{device.name}.window: a window display needs its window's number")
    served = next((window.services for window in hall.windows if window.number == device.window), ())
    return WindowRole(device.window, names[served[0]] if served else ("", ""), languages)


def _languages(table: DisplayTable) -> tuple[Language, ...]:
    known = {language.name.lower(): language for language in Language}
    wrong = [name for name in table.languages if name not in known]
    if wrong or not table.languages:
        raise ConfigError(f"display.languages: {', '.join(wrong) or 'none given'}; use zh, en or both")
    return tuple(known[name] for name in table.languages)
