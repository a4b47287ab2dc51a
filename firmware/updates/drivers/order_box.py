"""Orders to a running service: one file each, taken in the order of their names, gone once they are carried out."""

import logging
from collections.abc import Callable
from pathlib import Path

import msgspec

from firmware.updates.core.rollout_events import Plan
from firmware.updates.drivers import durable
from firmware.updates.errors import UpdatesError

_LOGGER = logging.getLogger(__name__)


class Order(msgspec.Struct, frozen=True):
    """What somebody wants of a rollout: `begin` with a plan, `pause`, `resume` or `stop`."""

    rollout: str
    word: str
    by: str
    plan: Plan | None = None


class OrderBox:
    """A folder both the command line and the service know."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, order: Order) -> None:
        """Leave an order; it waits until a service runs."""
        numbers = [int(path.stem) for path in self._folder.glob("*.json") if path.stem.isdigit()]
        durable.write(self._folder / f"{max(numbers, default=0) + 1:06}.json", msgspec.json.encode(order))

    def take(self, carry_out: Callable[[Order], None]) -> None:
        """Carry out what waits; an order that cannot be carried out is told and dropped."""
        for path in sorted(self._folder.glob("*.json")):
            try:
                carry_out(msgspec.json.decode(path.read_bytes(), type=Order))
            except (UpdatesError, msgspec.DecodeError) as error:
                _LOGGER.warning("the order %s cannot be carried out: %s", path.name, error)
            path.unlink()
