"""The files of one directory, as the outbox and the update want them: written through before anything rests on them."""

import os


class FlashFiles:
    """A directory, created if it is not there; `sync` puts a file on the medium."""

    def __init__(self, path):
        self._path = path
        make_folders(path)

    def open(self, name, mode):
        """Open a file of the directory."""
        return open(self._path + "/" + name, mode)

    def listdir(self):
        """Return the names in the directory."""
        return os.listdir(self._path)

    def rename(self, old, new):
        """Put `old` in the place of `new`, which is never missing meanwhile."""
        os.rename(self._path + "/" + old, self._path + "/" + new)

    def remove(self, name):
        """Remove a file."""
        os.remove(self._path + "/" + name)

    def sync(self, file):
        """Put what was written on the medium: littlefs does it on flush, CPython wants to be told."""
        file.flush()
        if hasattr(os, "fsync"):
            os.fsync(file.fileno())


def make_folders(path):
    """Make a directory and those above it."""
    built = ""
    for part in path.split("/"):
        built += part
        if built and not is_there(built):
            os.mkdir(built)
        built += "/"


def is_there(path):
    """Say whether there is something at `path`."""
    try:
        os.stat(path)
        return True
    except OSError:
        return False
