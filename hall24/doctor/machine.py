"""The machine the hall runs on: disk, clock, fonts, programs from the system, serial adapters."""

import ctypes
import ctypes.util
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median
from time import perf_counter

from hall24.doctor.finding import Finding, ill, well
from hallkit.broker.mosquitto import find_mosquitto
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.kept_clock import EARLIEST
from hallkit.runtime.log import clean
from hallkit.runtime.store import StoreError, open_database
from hallkit.text.errors import TextError
from hallkit.text.fonts import INSTALL, FontLibrary, system_fonts
from mqtt_bridge.drivers.adapter_check import check_adapters

LEAST_FREE = 2 * 10**9
SLOW_COMMIT = 0.05
COMMITS = 20
SCREEN_PX, PANEL_PX = 36, 16
TIME_ERROR, UNSYNCHRONISED = 5, 0x0040
"""adjtimex(2): the state TIME_ERROR and the status bit STA_UNSYNC."""


def check_machine(hall: Hall) -> Iterator[Finding]:
    """Yield every finding about the machine."""
    yield _folder(hall.hall.run)
    yield _space(hall.hall.run)
    yield _clock()
    yield quarantine(hall.hall.run / "hall-store.db")
    yield from _fonts(hall, system_fonts())
    yield _mosquitto(hall)
    if hall.of_kind("voice"):
        yield _espeak()
    for adapter in check_adapters():
        yield Finding(f"adapter {adapter.port}", adapter.is_good, adapter.advice if adapter.is_good else "slow",
                      "" if adapter.is_good else adapter.advice)  # fmt: skip


def _folder(run: Path) -> Finding:
    path = run / "doctor.db"
    try:
        database = open_database(path)
        database.execute("CREATE TABLE IF NOT EXISTS probe(id INTEGER PRIMARY KEY, payload BLOB)")
        times = [_commit(database) for _ in range(COMMITS)]
        database.close()
    except (StoreError, sqlite3.Error) as error:
        return ill("database folder", f"{run} cannot be written: {error}", "give the hall's user the folder and space")
    finally:
        for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
            (run / name).unlink(missing_ok=True)
    took = median(times)
    found = f"a commit that survives a power cut takes {1000 * took:.1f} ms in {run}"
    if took > SLOW_COMMIT:
        return ill("database folder", found, "put the folder on an SSD; a memory card or network disk is too slow")
    return well("database folder", found)


def _commit(database: sqlite3.Connection) -> float:
    start = perf_counter()
    database.execute("INSERT INTO probe(payload) VALUES (zeroblob(300))")
    return perf_counter() - start


def _space(run: Path) -> Finding:
    place = next(one for one in (run, *run.resolve().parents) if one.exists())
    free = shutil.disk_usage(place).free
    found = f"{free / 1e9:.1f} GB are free"
    if free < LEAST_FREE:
        return ill("disk space", found, f"free at least {LEAST_FREE // 10**9} GB; a full disk closes the hall")
    return well("disk space", found)


def quarantine(path: Path) -> Finding:
    """Return how many messages that did not validate the hall store holds, and what most of them suffer from."""
    subject = "hall store quarantine"
    if not path.exists():
        return well(subject, "no hall store yet")
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            told = database.execute(
                "SELECT count(*), topic, fault FROM quarantine GROUP BY topic, fault ORDER BY 1 DESC, 2, 3"
            ).fetchall()
    except sqlite3.Error as error:
        return ill(subject, f"{path} cannot be read: {error}", "run the doctor as the hall's user; check the disk")
    if not told:
        return well(subject, "empty")
    often, topic, fault = told[0]
    found = f"{sum(one[0] for one in told)} messages quarantined; most, {often}, on {clean(topic)}: {clean(fault)}"
    return ill(subject, found, "update or replace what sends them; they leave after bridge.keep_days")


def _clock() -> Finding:
    """Ask the kernel whether anything keeps its clock right (adjtimex(2), read only)."""
    if (said := SystemClock().now()) < EARLIEST:
        return ill("clock", f"says {said:%Y-%m-%d}, which cannot be; no tickets are given", "set it, then see to NTP")
    library = ctypes.CDLL(ctypes.util.find_library("c"), use_errno=True)
    if not hasattr(library, "adjtimex"):
        return well("clock", "this system does not say whether its clock is kept right")
    timex = (ctypes.c_long * 64)()
    state = library.adjtimex(ctypes.byref(timex))
    if state < 0:
        cause = os.strerror(ctypes.get_errno())
        return ill("clock", f"the kernel does not say how the clock is: {cause}", "check the time by hand")
    status = ctypes.cast(timex, ctypes.POINTER(ctypes.c_int))[10]
    if state == TIME_ERROR or status & UNSYNCHRONISED:
        return ill("clock", "nothing keeps the clock right", "start chrony or systemd-timesyncd, and check its server")
    return well("clock", "kept right by NTP")


def _fonts(hall: Hall, fonts: FontLibrary) -> Iterator[Finding]:
    found = fonts.installed()
    try:
        fonts.check()
        chains = {"screens and paper": fonts.ui(SCREEN_PX), "LED panels": fonts.led(PANEL_PX)}
    except TextError as error:
        yield ill("fonts", str(error), INSTALL)
        return
    yield well("fonts", ", ".join(found))
    texts = "".join(hall_texts(hall))
    for place, chain in chains.items():
        lacking = "".join(dict.fromkeys(char for char in texts if not char.isspace() and not chain.covers(char)))
        if lacking:
            yield ill(f"text on {place}", f"no glyph for {lacking}", f"{INSTALL}, or write the name another way")
        else:
            yield well(f"text on {place}", "every character of the hall's own texts can be drawn")


def hall_texts(hall: Hall) -> Iterator[str]:
    """Yield every text of the hall's file that a citizen reads."""
    yield from (hall.hall.title, hall.hall.title_en, hall.hall.place, hall.hall.helpline)
    for zone in hall.zones:
        yield from (zone.name, zone.name_en)
    for service in hall.services:
        yield from (service.name, service.name_en, service.note, service.note_en)


def _mosquitto(hall: Hall) -> Finding:
    path = find_mosquitto()
    if path is not None:
        return well("mosquitto", f"found at {path}")
    if hall.broker.mode == "mosquitto":
        return ill("mosquitto", "not installed", "sudo apt-get install mosquitto, or set broker.mode to embedded")
    return well("mosquitto", "not installed; the hall uses its own small broker")


def _espeak() -> Finding:
    path = shutil.which("espeak-ng")
    if path is None:
        return ill("espeak-ng", "not installed: calls are shown and not spoken", "sudo apt-get install espeak-ng")
    return well("espeak-ng", f"found at {path}")
