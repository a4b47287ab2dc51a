"""The outbox on MicroPython's littlefs with the power cut at every block operation."""

import gc
import os

from block_device import new_chip, power_up
from h24.errors import DeviceError
from h24.flash_files import FlashFiles
from h24.outbox import Outbox

COUNT = 40


def opened(boot):
    return Outbox(FlashFiles("/flash/outbox"), "%026d" % boot, lambda: "%026d" % (900 + boot))


def live(stored, acked):
    """Store facts and take acknowledgements until done or dark; what was promised is noted after it was."""
    outbox = opened(1)
    for number in range(1, COUNT + 1):
        stored[0] = outbox.add(b"fact %d" % number)
        if number % 9 == 0:
            outbox.acknowledge(number - 2)
            acked[0] = number - 2


def cut(at, is_torn):
    """Return whether the power was cut; check what the flash holds when it is back."""
    import vfs

    chip = new_chip("/flash")
    chip.operations, chip.left, chip.is_torn = 0, at, is_torn
    stored, acked = [0], [0]
    try:
        live(stored, acked)
    except (OSError, DeviceError):
        assert chip.is_dark, "the flash failed with power on"
    was_cut = chip.is_dark
    vfs.umount("/flash")
    power_up(chip, "/flash")
    again = opened(2)
    assert stored[0] <= again.last <= stored[0] + 1, (at, stored, again.last)
    assert acked[0] <= again.acked, (at, acked, again.acked)
    rows = [(seq, payload) for seq, _, payload in again.rows(again.acked, 999)]
    assert rows == [(seq, b"fact %d" % seq) for seq in range(again.acked + 1, again.last + 1)], (at, rows)
    before = again.last
    assert again.add(b"after") == before + 1
    vfs.umount("/flash")
    gc.collect()
    return was_cut


def main():
    for is_torn in (False, True):
        at = 0
        while cut(at, is_torn):
            at += 1
        print("outbox", "torn" if is_torn else "clean", at, "cuts, nothing lost")
    assert "flash" not in os.listdir("/")


main()
