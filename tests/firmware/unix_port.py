"""A 32-bit MicroPython for tests: on PATH, in run/micropython, or unpacked there from the distribution's packages."""

import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

SUITE = "trixie"
"""The oldest Debian suite that has the package."""

PACKAGES = ("micropython", "libc6", "libffi8", "libmbedtls21", "libmbedcrypto16", "libmbedx509-7")
HOME = Path(__file__).parents[2] / "run" / "micropython"
COMMAND = HOME / "micropython"
_TIME_LIMIT = 50.0


class PortMissingError(Exception):
    """MicroPython cannot be had here; the text says what to install."""


def find() -> str | None:
    """Return the command that starts MicroPython, or None."""
    if found := shutil.which("micropython"):
        return found
    return str(COMMAND) if COMMAND.exists() and _runs() else None


def obtain() -> str:
    """Return the command that starts MicroPython, unpacking its packages if need be; raise PortMissingError."""
    if found := find():
        return found
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise PortMissingError("install the package micropython; there is no apt here to take it from")
    try:
        _unpack(_sources())
    except (subprocess.SubprocessError, OSError) as error:
        raise PortMissingError(f"install the package micropython; unpacking it failed: {error}") from error
    if not _runs():
        raise PortMissingError("install the package micropython; the unpacked one does not start")
    return str(COMMAND)


def _runs() -> bool:
    return subprocess.run([str(COMMAND), "-c", "pass"], capture_output=True, timeout=10, check=False).returncode == 0


def _sources() -> str:
    """Return a source line for the suite, from the mirror this machine is configured to use."""
    wanted = ("apt-get", "indextargets", "--format", "$(REPO_URI) $(SIGNED_BY) $(CODENAME)", "Created-By: Packages")
    rows = [row.split() for row in _run(wanted).splitlines()]
    plain = [row for row in rows if row and not row[0].rstrip("/").endswith(("security", "-updates"))]
    if not plain:
        raise OSError("apt has no sources on this machine")
    keys = next((part for part in plain[0][1:] if part.startswith("/")), None)
    signed = f"[signed-by={keys}] " if keys else ""
    return f"deb {signed}{plain[0][0]} {SUITE} main\n"


def _unpack(sources: str) -> None:
    """Fetch the packages through apt, which checks their signatures, and unpack them beside nothing else's."""
    work, tree = HOME / "apt", HOME / "tree"
    for folder in (work / "lists" / "partial", work / "cache" / "archives" / "partial", tree):
        folder.mkdir(parents=True, exist_ok=True)
    (work / "sources.list").write_text(sources)
    (work / "status").touch()
    options = _options(work)
    _run(("apt-get", *options, "update"))
    _run(("apt-get", *options, "download", *(f"{name}:i386" for name in PACKAGES)), work)
    for package in sorted(work.glob("*.deb")):
        _run(("dpkg-deb", "-x", str(package), str(tree)))
    _write_command(tree)
    shutil.rmtree(work)


def _options(work: Path) -> list[str]:
    settings = {
        "Dir::Etc::sourcelist": work / "sources.list",
        "Dir::Etc::sourceparts": "/dev/null",
        "Dir::State::lists": work / "lists",
        "Dir::State::status": work / "status",
        "Dir::Cache": work / "cache",
        "APT::Architecture": "i386",
        "APT::Architectures": "i386",
        "APT::Sandbox::User": "root",
        "Acquire::Languages": "none",
        "Acquire::IndexTargets::deb::DEP-11::DefaultEnabled": "false",
    }
    return [part for name, value in settings.items() for part in ("-o", f"{name}={value}")]


def _write_command(tree: Path) -> None:
    loader = next(tree.glob("**/ld-linux.so.2"))
    libraries = ":".join(sorted({str(one.parent) for one in tree.glob("**/*.so.*")}))
    program = tree / "usr" / "bin" / "micropython"
    COMMAND.write_text(f'#!/bin/sh\nexec "{loader}" --library-path "{libraries}" "{program}" "$@"\n')
    COMMAND.chmod(0o755)


def _run(command: Sequence[str], folder: Path | None = None) -> str:
    done = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=_TIME_LIMIT,
        check=False,
        env={**os.environ, "LC_ALL": "C"},
    )
    if done.returncode:
        raise OSError(f"{' '.join(command[:1])}: {done.stderr.strip()[-300:]}")
    return done.stdout


if __name__ == "__main__":
    sys.stdout.write(obtain() + "\n")
