"""A release brought into the spare slot: file by file, each read back and compared, tried only when all are there."""

import hashlib
import os

from h24.update_error import UpdateError
from h24.flash_files import is_there, make_folders
from h24.manifest import check, open_manifest

CHUNK = 512


class Updater:
    """`root` holds the folders a and b; `who` has kind, chip and keys; `free()` is the room on the flash."""

    def __init__(self, root, slots, who, free):
        self._root, self._slots, self._who, self._free = root, slots, who, free

    async def install(self, data, signature, fetch, now, beat=lambda: None):
        """Install a release into the spare slot and let it run on trial from the next start; raise UpdateError.

        `await fetch(name)` gives an open file with `await read()` and `await close()`.
        """
        if self._slots.state:
            raise UpdateError("a release is on trial; wait until it is confirmed or left")
        manifest = open_manifest(data, signature, self._who["keys"])
        check(manifest, self._who["kind"], self._who["chip"], self._slots.counter, now)
        folder = self._root + "/" + "ab"[self._slots.spare]
        clear(folder)
        if sum([size for _, size, _ in manifest.files]) + 8192 > self._free():
            raise UpdateError("the flash has no room for this release")
        for name, size, digest in manifest.files:
            body = await fetch(name)
            try:
                await self._bring(folder, name, size, digest, body, beat)
            finally:
                await body.close()
        with open(folder + "/release", "w") as file:
            file.write(manifest.version)
        sync()
        self._slots.try_spare(manifest.counter)
        return manifest

    async def _bring(self, folder, name, size, digest, body, beat):
        path = folder + "/" + name
        make_folders(path.rsplit("/", 1)[0])
        left = size
        try:
            with open(path, "wb") as file:
                while True:
                    chunk = await body.read()
                    if not chunk:
                        break
                    left -= len(chunk)
                    if left < 0:
                        raise UpdateError("%s is longer than its manifest says" % name)
                    file.write(chunk)
                    beat()
        except OSError as error:
            raise UpdateError("%s could not be written: %s" % (name, error))
        if left or file_digest(path) != digest:
            raise UpdateError("%s is not the file its manifest names" % name)


def sync():
    """Put everything on the medium; littlefs did when each file was closed."""
    if hasattr(os, "sync"):
        os.sync()


def file_digest(path):
    """Return the SHA-256 of a file as it stands on the flash."""
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while True:
            chunk = file.read(CHUNK)
            if not chunk:
                return digest.digest()
            digest.update(chunk)


def clear(folder):
    """Remove what is in a folder."""
    if not is_there(folder):
        return
    for name in os.listdir(folder):
        path = folder + "/" + name
        try:
            os.remove(path)
        except OSError:
            clear(path)
            os.rmdir(path)
