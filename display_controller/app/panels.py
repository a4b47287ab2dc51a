"""A panel of the hall's file as a display over its protocol."""

import random
from functools import partial

from display_controller.core.palette import Palette
from display_controller.drivers.burst import open_packets
from display_controller.drivers.bx_g import BxGOptions, bx_g_display
from display_controller.drivers.bx_k import BxKOptions, bx_k_display
from display_controller.drivers.ddp import DdpOptions, ddp_display
from display_controller.drivers.panel import PanelDisplay
from display_controller.wire.bx_g import CARDS
from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import Sockets, open_stream

CARD_OF = {"bx-5e": "BX-5E1", "bx-5q": "BX-5Q1+", "bx-6e": "BX-6E1", "bx-6q": "BX-6Q1"}
PALETTES = {"bx-k": Palette.TWO_COLOUR, "bx-5e": Palette.TWO_COLOUR, "bx-6e": Palette.TWO_COLOUR}


def display(
    device: DeviceEntry, chance: random.Random, sockets: Sockets | None = None, *, lossless: bool = False
) -> PanelDisplay:
    """Return the display of a device; raise ConfigError for a protocol nobody speaks.

    `lossless` is for links that lose nothing: a panel then needs no repeats while nothing changes.
    """
    url = device.url or ""
    backoff = Backoff(chance)

    async def open_one(place: str) -> ByteStream:
        return await open_stream(place, sockets)

    if device.protocol == "ddp":
        options = DdpOptions((device.width or 192, device.height or 32), key_at_rest=not lossless)
        return ddp_display(lambda on_lost: open_packets(url, open_one, on_lost), backoff, options)
    if device.protocol == "bx-k":
        return bx_k_display(partial(open_one, url), backoff, BxKOptions(address=device.address or 1))
    if device.protocol in CARD_OF:
        graphic = BxGOptions(card=CARDS[CARD_OF[device.protocol]], address=device.address or 1)
        return bx_g_display(partial(open_one, url), backoff, graphic)
    known = ", ".join(("ddp", "bx-k", *CARD_OF))
    raise ConfigError(f"devices.{device.name}.protocol: {device.protocol!r} is none of {known}")


def palette(device: DeviceEntry) -> Palette:
    """Return the colours a panel has."""
    return PALETTES.get(device.protocol or "", Palette.FULL)
