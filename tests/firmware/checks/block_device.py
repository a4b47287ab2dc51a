"""A flash chip in memory under MicroPython's own littlefs: the power goes at any block operation, clean or torn."""

import errno

BLOCK, PAGE = 4096, 32


class PowerCutError(Exception):
    """The board has no power any more; nothing on it may go on."""


class Chip:
    """`left` operations until the power goes; a torn write leaves half of its bytes, a torn erase half a block."""

    def __init__(self, blocks=64, data=None):
        self._blocks = blocks
        self.data = data or bytearray(b"\xff" * (blocks * BLOCK))
        self.left, self.is_torn, self.operations = 1 << 30, False, 0

    def readblocks(self, number, buffer, offset=0):
        start = number * BLOCK + offset
        buffer[:] = memoryview(self.data)[start : start + len(buffer)]

    def writeblocks(self, number, buffer, offset=0):
        size = self._allowed(len(buffer))
        start = number * BLOCK + offset
        self.data[start : start + size] = memoryview(buffer)[:size]
        return self._after()

    def ioctl(self, what, argument):
        if what == 4:
            return self._blocks
        if what == 5:
            return BLOCK
        if what == 6:
            size = self._allowed(BLOCK)
            start = argument * BLOCK
            self.data[start : start + size] = b"\xff" * size
            return self._after()
        return 0

    def _allowed(self, size):
        """Count an operation; return how many of its bytes still happen."""
        self.operations += 1
        self.left -= 1
        if self.left >= 0:
            return size
        return size // 2 if self.left == -1 and self.is_torn else 0

    def _after(self):
        return 0 if self.left >= 0 else -errno.EIO

    @property
    def is_dark(self):
        """Say whether the power is gone."""
        return self.left < 0


def power_up(chip, mount):
    """Mount what a chip's cells hold after the power came back; the old chip is forgotten."""
    import vfs

    fresh = Chip(len(chip.data) // BLOCK, chip.data)
    vfs.mount(vfs.VfsLfs2(fresh, progsize=PAGE, readsize=PAGE), mount)
    return fresh


def new_chip(mount, blocks=64):
    """Format and mount an empty chip."""
    import vfs

    chip = Chip(blocks)
    vfs.VfsLfs2.mkfs(chip, progsize=PAGE, readsize=PAGE)
    vfs.mount(vfs.VfsLfs2(chip, progsize=PAGE, readsize=PAGE), mount)
    return chip
