"""A release: a manifest signed with Ed25519 that names every file by SHA-256. Pure; everything in it is suspect.

The signed text is `hall24 release 1` and a newline, then the manifest's bytes as they came.
"""

from binascii import unhexlify

from h24.compact_json import load
from h24.ed25519 import verify
from h24.update_error import UpdateError

DOMAIN = b"hall24 release 1\n"
LONGEST = 8192
MOST_FILES = 64
LARGEST = 262144
_NAME = "abcdefghijklmnopqrstuvwxyz0123456789_-./"


class Manifest:
    """What a release says: kind, chip, counter (grows with every release), version, files as (name, size, sha256)."""

    def __init__(self, found):
        self.kind, self.chip = _text(found, "kind"), _text(found, "chip")
        self.version, self.counter = _text(found, "version"), _whole(found, "counter", 1 << 30)
        self.until = _whole(found, "until", 1 << 40)
        self.allows_from = _whole(found, "allows_from", 1 << 30) if "allows_from" in found else None
        self.files = _files(found.get("files"))


def open_manifest(data, signature, keys):
    """Return the manifest in `data` if one of the public `keys` signed it; raise UpdateError for anything else."""
    if len(data) > LONGEST:
        raise UpdateError("the manifest has %d bytes" % len(data))
    if not any([verify(key, signature, DOMAIN + data) for key in keys]):
        raise UpdateError("nobody we trust signed this manifest")
    try:
        found = load(data)
    except ValueError as error:
        raise UpdateError("the manifest is %s" % error)
    if not isinstance(found, dict):
        raise UpdateError("the manifest is no object")
    if found.get("format") != 1:
        raise UpdateError("a manifest of another format")
    return Manifest(found)


def check(manifest, kind, chip, counter, now):
    """Raise UpdateError unless the release is for this device, still valid, and newer than `counter`.

    An older one passes only if its signed `allows_from` names the very counter that runs now.
    """
    if manifest.kind != kind:
        raise UpdateError("a release for a %s" % manifest.kind)
    if manifest.chip != chip:
        raise UpdateError("a release for %s boards" % manifest.chip)
    if now and now > manifest.until * 1000:
        raise UpdateError("the release may not be installed any more")
    if manifest.counter <= counter and manifest.allows_from != counter:
        raise UpdateError("release %d is not newer than %d" % (manifest.counter, counter))


def _text(found, name):
    value = found.get(name)
    if not isinstance(value, str) or not 0 < len(value) <= 40:
        raise UpdateError("the manifest's %s is wrong" % name)
    return value


def _whole(found, name, limit):
    value = found.get(name)
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value < limit:
        raise UpdateError("the manifest's %s is wrong" % name)
    return value


def _files(found):
    if not isinstance(found, list) or not 0 < len(found) <= MOST_FILES:
        raise UpdateError("the manifest's files are wrong")
    files = [_file(one) for one in found]
    if len(set([name for name, _, _ in files])) != len(files):
        raise UpdateError("the manifest names a file twice")
    return files


def _file(found):
    if not isinstance(found, dict):
        raise UpdateError("the manifest's files are wrong")
    name, digest = _text(found, "name"), found.get("sha256")
    parts = name.split("/")
    if not all([one in _NAME for one in name]) or ".." in parts or "." in parts or "" in parts:
        raise UpdateError("a file may not be called %s" % repr(name))
    try:
        digest = unhexlify(digest)
    except (ValueError, TypeError):
        raise UpdateError("the digest of %s is wrong" % name)
    if len(digest) != 32:
        raise UpdateError("the digest of %s is wrong" % name)
    return name, _whole(found, "size", LARGEST + 1), digest
