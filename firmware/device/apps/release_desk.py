"""Brings a commanded release in over HTTP, and starts it when nobody is being served."""

import asyncio
import gc
import sys
from binascii import unhexlify

from h24.download import fetch, whole
from h24.errors import DeviceError, ResetWantedError
from h24.update_error import UpdateError
from h24.flash_files import FlashFiles
from h24.manifest import LARGEST, LONGEST
from h24.slots import Slots
from h24.updater import Updater

SIGNATURE = 64


async def install(board, url, beat):
    """Install the release below `url` and raise ResetWantedError once nobody is served; a failure is told."""
    gc.collect()
    try:
        manifest = await _bring(board, url.rstrip("/"), beat)
    except (DeviceError, OSError, MemoryError) as error:
        board.device.tell("update", str(error) or type(error).__name__)
        return
    board.device.tell("update", "installed %s" % manifest.version)
    while board.is_busy():
        beat()
        await asyncio.sleep(1)
    raise ResetWantedError("release %d goes on trial" % manifest.counter)


async def _bring(board, url, beat):
    settings, hal = board.settings, board.hal
    keys = [unhexlify(one) for one in settings.get("release_keys", ())]
    if not keys:
        raise UpdateError("this board trusts nobody's releases")
    who = {"kind": settings["kind"], "chip": settings.get("chip") or sys.platform, "keys": keys}
    data = await whole(url + "/manifest.json", LONGEST)
    signature = await whole(url + "/manifest.sig", SIGNATURE)
    beat()
    now = 0 if board.clock.quality == "none" else board.clock.now()
    updater = Updater(hal.root, Slots(FlashFiles(hal.root + "/slots")), who, hal.free_bytes)
    return await updater.install(data, signature, lambda name: fetch(url + "/" + name, LARGEST), now, beat)
