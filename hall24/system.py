"""System packages the hall likes to have: what is missing, what it is for, and how to get it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

APT_PATIENCE = 900


@dataclass(frozen=True, slots=True)
class Want:
    """One system package: `found` says whether it is here, `without` what the hall does if it is not."""

    package: str
    found: Callable[[], bool]
    without: str


def _on_path(*programs: str) -> Callable[[], bool]:
    return lambda: any(shutil.which(program, path=f"{os.environ.get('PATH', '')}:/usr/sbin") for program in programs)


def _font(*names: str) -> Callable[[], bool]:
    return lambda: any(list(Path("/usr/share/fonts").rglob(name)) for name in names)


def _file(path: str) -> Callable[[], bool]:
    return lambda: Path(path).exists()


WANTS = (
    Want("mosquitto", _on_path("mosquitto"), "the hall uses its own small broker"),
    Want("fonts-noto-cjk", _font("NotoSansCJK-Regular.ttc"), "screens use a font from pip that lacks a few rare names"),
    Want("fonts-unifont", _font("unifont.otf", "unifont.ttf"), "small LED text is thresholded from a screen font"),
    Want("xfonts-wqy", _font("wenquanyi_12pt.pcf*", "wenquanyi_12pt.*"), "16-pixel LED text uses the next best font"),
    Want("espeak-ng", _on_path("espeak-ng"), "calls are shown and not spoken"),
    Want("nut-server", _file("/lib/nut/dummy-ups"), "the power supply is only tested against our simulator"),
    Want("cups-ipp-utils", _on_path("ippeveprinter"), "the A4 printer is only tested against our simulator"),
    Want("avahi-daemon", _on_path("avahi-daemon"), "ippeveprinter does not start without it"),
    Want("dbus-daemon", _on_path("dbus-daemon"), "ippeveprinter does not start without it"),
    Want("sane-utils", _on_path("scanimage"), "a flatbed scanner cannot be used"),
    Want("chromium", _on_path("chromium", "chromium-browser", "google-chrome"), "pages are not tested in a browser"),
)


def missing() -> list[Want]:
    """Return what is not on this machine."""
    return [want for want in WANTS if not want.found()]


def install(wants: list[Want]) -> None:
    """Install by apt when we may; say what to install when we may not."""
    packages = [want.package for want in wants]
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        print(f"for everything to run: sudo apt-get install {' '.join(packages)}")
        return
    if _apt("update", "-q") and not _install(packages):
        for package in packages:
            _install([package])


def _install(packages: list[str]) -> bool:
    return _apt("install", "-q", "-y", "--no-install-recommends", *packages)


def _apt(*arguments: str) -> bool:
    """Run apt-get quietly; say what went wrong and return whether all went well."""
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    done = subprocess.run(
        ["apt-get", *arguments], env=quiet, capture_output=True, text=True, timeout=APT_PATIENCE, check=False
    )
    if done.returncode:
        print(f"apt-get {arguments[0]} failed, going on without: {done.stderr.strip()[-300:]}")
    return not done.returncode


def main() -> int:
    """List what is missing; with --install, get it."""
    lacking = missing()
    if lacking and "--install" in sys.argv[1:]:
        install(lacking)
        lacking = missing()
    for want in lacking:
        print(f"missing {want.package}: {want.without}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
