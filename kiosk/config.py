"""The kiosks' part of the hall's file."""

from dataclasses import dataclass

from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import field, parse

KIOSK = "kiosk"


@dataclass(frozen=True, slots=True, kw_only=True)
class KioskTable:
    """[kiosk]"""

    identity_key: str = field("public key of the identity authority, 64 hex digits; empty: none", default="")
    patience: float = field("seconds a citizen waits for the centre", default=12.0, low=1, high=40)
    guide_desk: str = field("who is called for help: a device of the hall; empty: the helpline only", default="")


def kiosk_table(hall: Hall) -> KioskTable:
    """Return [kiosk]; raise ConfigError naming every fault."""
    try:
        table = parse(hall.kiosk, KioskTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"kiosk.{line}" for line in str(error).splitlines())) from error
    if table.identity_key and not _is_key(table.identity_key):
        raise ConfigError("kiosk.identity_key: must be 64 hexadecimal digits")
    return table


def _is_key(text: str) -> bool:
    try:
        return len(bytes.fromhex(text)) == 32
    except ValueError:
        return False
