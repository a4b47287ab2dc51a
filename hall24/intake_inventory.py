"""Tells the intake server on this machine which board now stands at which place."""

import urllib.error
import urllib.parse
import urllib.request

from firmware.flasher.core.register import Entry
from firmware.flasher.errors import InventoryError
from hallkit.inventory.schema import Hall

PORT = 8024
PATIENCE = 10.0


def tell_intake(hall: Hall, entry: Entry) -> str:
    """Enter a board in the intake server's inventory; return what was done. InventoryError if it did not take it."""
    port = int(hall.intake.get("port", PORT))
    url = f"http://127.0.0.1:{port}/boards"
    row = {
        "device": entry.device,
        "kind": entry.kind,
        "board": entry.board,
        "serial": entry.serial,
        "version": entry.version,
        "window": "" if entry.window is None else str(entry.window),
        "issued": entry.issued.isoformat(),
        "expires": entry.expires.isoformat(),
    }
    request = urllib.request.Request(url, urllib.parse.urlencode(row).encode(), method="POST")
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE):
            return f"inventory: {entry.device} is board {entry.board}"
    except (urllib.error.URLError, TimeoutError) as error:
        raise InventoryError(
            f"the intake server at {url} did not take the board: {error}; the board works, run `hall24 devices --tell`"
        ) from error
