"""The bridge's part of the hall's file."""

from collections.abc import Mapping
from dataclasses import dataclass

from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.runtime.config import field, parse


@dataclass(frozen=True, slots=True, kw_only=True)
class BridgeTable:
    """[bridge]"""

    staff: Mapping[str, str] = field("staff number by window, for opening a window from its pad", default_factory=dict)
    transfer_to: Mapping[str, str] = field("service the transfer key sends to, by window", default_factory=dict)
    patience: float = field(
        "seconds an adapter and this computer may add before a call pad's answer counts as missing",
        default=0.003, low=0.001, high=0.1,
    )  # fmt: skip
    keep_days: int = field(
        "days the hall store keeps facts the centre already has, and bad messages", default=7, low=1, high=365
    )
    quarantine_messages: int = field(
        "messages that did not validate the hall store keeps; older ones are only counted",
        default=10_000, low=10, high=1_000_000,
    )  # fmt: skip
    quarantine_megabytes: int = field("megabytes of them it keeps", default=64, low=1, high=4_096)


def bridge_table(hall: Hall) -> BridgeTable:
    """Return [bridge]; raise ConfigError naming every fault."""
    try:
        return parse(hall.bridge, BridgeTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"bridge.{line}" for line in str(error).splitlines())) from error
