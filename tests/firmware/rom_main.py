"""Starts the device's programs on the unix port as a board does: code in place from a ROM image, data in the heap.

`rom_main.py IMAGE module arguments…`; the image lies outside MicroPython's heap, as flash lies outside a board's.
"""

import os
import sys

import ffi
import uctypes
import vfs


def rom(path):
    """Return the image in memory that the heap does not count."""
    libc = ffi.open("libc.so.6")
    size = os.stat(path)[6]
    place = libc.func("P", "malloc", "i")(size)
    file = libc.func("i", "open", "si")(path, 0)
    if libc.func("i", "read", "iPi")(file, place, size) != size:
        raise OSError("the image is cut off")
    return uctypes.bytearray_at(place, size)


vfs.mount(vfs.VfsRom(rom(sys.argv[1])), "/rom")
sys.path.insert(0, "/rom")
__import__(sys.argv[2]).main(*sys.argv[3:])
