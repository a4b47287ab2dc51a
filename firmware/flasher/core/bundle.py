"""Files for a board in one compressed piece, and the program that unpacks them there.

A bundle is a zlib stream of `name size\\n` and the file's bytes, file after file. Each file is written beside the old
one, read back, hashed, and only then takes its name: power that goes away leaves the old file or the new one.
"""

import hashlib
import zlib
from collections.abc import Mapping

from firmware.flasher.errors import BundleError, DamagedError

WINDOW_BITS = 12
"""A window of 4 KiB, which a board's heap has room for."""
PLACE = "/bundle.z"
DONE = "hall24 unpacked"

UNPACK = f'''
import deflate, hashlib, os
from binascii import hexlify

def folders(name):
    at = name.find("/", 1)
    while at > 0:
        try:
            os.mkdir(name[:at])
        except OSError:
            pass
        at = name.find("/", at + 1)

def write(source, name, size):
    with open(name, "wb") as file:
        while size:
            part = source.read(min(size, 512))
            if not part:
                raise OSError("the bundle is cut off")
            file.write(part)
            size -= len(part)

def digest(name):
    found = hashlib.sha256()
    with open(name, "rb") as file:
        while True:
            part = file.read(512)
            if not part:
                return hexlify(found.digest()).decode()
            found.update(part)

def unpack(place):
    with open(place, "rb") as packed:
        source = deflate.DeflateIO(packed, deflate.ZLIB)
        while True:
            head = source.readline()
            if not head:
                break
            name, size = head.decode().rsplit(" ", 1)
            folders(name)
            write(source, name + ".new", int(size))
            print(digest(name + ".new"), name)
            os.rename(name + ".new", name)
    os.remove(place)
    print("{DONE}")

unpack("{PLACE}")
'''


def pack(files: Mapping[str, bytes]) -> bytes:
    """Return the bundle of `files` by absolute name; raise BundleError for a name a board cannot take."""
    packer = zlib.compressobj(9, wbits=WINDOW_BITS)
    parts = []
    for name, data in files.items():
        if not name.startswith("/") or ".." in name.split("/") or not name.isascii() or "\n" in name or len(name) > 120:
            raise BundleError(f"{name!r} is no name for a file on a board")
        parts.append(packer.compress(f"{name} {len(data)}\n".encode() + data))
    return b"".join(parts) + packer.flush()


def verify(files: Mapping[str, bytes], said: str, port: str) -> None:
    """Raise DamagedError unless the board read back every file as it was sent."""
    told = [line.strip().partition(" ") for line in said.splitlines()]
    found = {name: digest for digest, _, name in told}
    for name, data in files.items():
        if found.get(name) != hashlib.sha256(data).hexdigest():
            raise DamagedError(f"{port}: {name} came back damaged: run again; a second time, change the cable or board")
    if DONE not in said:
        raise DamagedError(f"{port}: the board did not finish unpacking: run the same command again")
