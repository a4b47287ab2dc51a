"""A release installed on MicroPython's littlefs with the power cut at every block operation: a slot always starts."""

import asyncio
import gc
import hashlib
import json
from binascii import hexlify

import h24.updater
from block_device import new_chip, power_up
from h24 import manifest
from h24.flash_files import FlashFiles
from h24.slots import TRIAL_BOOTS, Slots
from h24.update_error import UpdateError
from h24.updater import Updater, file_digest

OLD = {"main.mpy": b"old" * 300}
NEW = {"main.mpy": b"new" * 300, "h24/outbox.mpy": b"outbox" * 90}
DATA = json.dumps(
    {
        "format": 1, "kind": "rating-pad", "chip": "sim", "version": "0.2.0", "counter": 5, "until": 4000000000,
        "files": [
            {"name": name, "size": len(data), "sha256": hexlify(hashlib.sha256(data).digest()).decode()}
            for name, data in sorted(NEW.items())
        ],
    }
).encode()  # fmt: skip


class Held:
    """A download that is here already."""

    def __init__(self, data):
        self._left = data

    async def read(self):
        data, self._left = self._left[:512], self._left[512:]
        return data

    async def close(self):
        self._left = b""


async def fetch(name):
    return Held(NEW[name])


def install():
    """Install the new release as a board does; the signature was checked before any write, and elsewhere."""
    slots = Slots(FlashFiles("/flash/slots"))
    updater = Updater("/flash", slots, {"kind": "rating-pad", "chip": "sim", "keys": [b""]}, lambda: 1 << 20)
    asyncio.run(updater.install(DATA, b"", fetch, 0))
    slots = Slots(FlashFiles("/flash/slots"))
    slots.start()
    slots.confirm()


def cut(at, is_torn):
    """Return whether the power was cut; check which release starts when it is back."""
    import vfs

    chip = new_chip("/flash")
    h24.updater.make_folders("/flash/a")
    for name, data in OLD.items():
        with open("/flash/a/" + name, "wb") as file:
            file.write(data)
    chip.operations, chip.left, chip.is_torn = 0, at, is_torn
    try:
        install()
    except (OSError, UpdateError):
        assert chip.is_dark, "the flash failed with power on"
    was_cut = chip.is_dark
    vfs.umount("/flash")
    power_up(chip, "/flash")
    folders = [Slots(FlashFiles("/flash/slots")).start() for _ in range(TRIAL_BOOTS + 1)]
    for folder in set(folders):
        for name, data in {"a": OLD, "b": NEW}[folder].items():
            found = file_digest("/flash/%s/%s" % (folder, name))
            assert found == hashlib.sha256(data).digest(), (at, folder, name)
    if folders[-1] == "a":
        install()
        assert Slots(FlashFiles("/flash/slots")).start() == "b", at
    vfs.umount("/flash")
    gc.collect()
    return was_cut


def main():
    manifest.verify = lambda key, signature, data: True
    for is_torn in (False, True):
        at = 0
        while cut(at, is_torn):
            at += 1
        print("release", "torn" if is_torn else "clean", at, "cuts, a whole release starts")


main()
