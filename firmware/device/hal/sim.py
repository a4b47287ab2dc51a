"""The simulated board: files for flash and screen, a socket of JSON lines for keys; CPython and unix MicroPython."""

import asyncio
import json
import os
import sys
import time

from h24.dial import dial

TICKS = 1 << 30


class SimLcd:
    """A screen of RGB565 that is a file, so that whoever watches reads it and the board's memory never holds it."""

    def __init__(self, path, width=320, height=240):
        self.width, self.height = width, height
        with open(path, "wb") as file:
            line = bytes(width * 2)
            for _ in range(height):
                file.write(line)
        self._file = open(path, "r+b", 0)
        self.area(0, 0, width, height)

    def area(self, x, y, width, height):
        """Choose the box the next bytes fill, row after row."""
        if x < 0 or y < 0 or x + width > self.width or y + height > self.height:
            raise ValueError("a box outside the screen")
        self._x, self._y, self._wide, self._at = x, y, width * 2, 0

    def write(self, data):
        """Fill on with RGB565 bytes, high byte first."""
        start, size, data = 0, len(data), memoryview(data)
        while start < size:
            take = min(size - start, self._wide - self._at)
            self._file.seek((self._y * self.width + self._x) * 2 + self._at)
            self._file.write(data[start : start + take])
            start, self._at = start + take, self._at + take
            if self._at == self._wide:
                self._at, self._y = 0, self._y + 1

    def close(self):
        """Close the file."""
        self._file.close()


class SimHal:
    """Built from settings: broker_host, broker_port, optional tls, root folder, panel_port where the keys come from."""

    def __init__(self, settings):
        self._settings, self.root = settings, settings["root"]
        self.lcd = SimLcd(self.root + "/lcd.565", *settings.get("screen", (320, 240)))
        self._events, self._wake = [], asyncio.Event()
        self._panel, self._told = None, {}
        self.line = _line(settings)
        self.readings, self.fed = {}, 0

    def ticks_ms(self):
        """Return a counter of milliseconds modulo 2 to the 30th."""
        return (time.ticks_ms() if hasattr(time, "ticks_ms") else int(time.monotonic() * 1000)) % TICKS

    def random(self, count):
        """Return unguessable bytes."""
        return os.urandom(count)

    async def dial(self):
        """Open the way to the broker."""
        return await dial(self._settings)

    async def wall_time(self):
        """Return milliseconds since 1970 and how far they are trusted, or None."""
        return int(time.time() * 1000), "ntp"

    async def next_event(self, seconds):
        """Return ("key", 1–5) or ("touch", x, y), or None after `seconds`, or when woken."""
        if not self._events:
            self._wake.clear()
            try:
                await asyncio.wait_for(self._wake.wait(), seconds)
            except asyncio.TimeoutError:
                return None
        return self._events.pop(0) if self._events else None

    def unique_id(self):
        """Return the bytes the chip's maker gave it."""
        return self._settings["name"].encode()

    def free_bytes(self):
        """Return the room on the flash."""
        return self._settings.get("flash_free", 1 << 20)

    def probe(self, pin):
        """Return a reading of a sensor's input: a contact as 0 or 1, a level as a number; None while there is none."""
        return self.readings.get(pin)

    def signal(self, lamp, beeps):
        """Light the key lamp with a code and sound the buzzer when the count of beeps has grown."""
        self._tell(lamp=lamp, beeps=beeps)

    def say(self, line):
        """Say a line on the console."""
        self._tell(door=line)

    def keys_held(self):
        """Say whether the technician's keys were held down at the start."""
        return bool(self._settings.get("keys_held"))

    def wake(self):
        """Let next_event return at once: something besides the keys changed."""
        self._wake.set()

    async def serve_panel(self):
        """Hear keys from whoever plays the citizen, line by line, until the line ends."""
        reader, self._panel = await asyncio.open_connection("127.0.0.1", self._settings["panel_port"])
        self._tell()
        while True:
            line = await reader.readline()
            if not line:
                sys.exit(0)
            event = json.loads(line)
            if event[0] == "reading":
                self.readings[event[1]] = event[2]
            else:
                self._events.append(tuple(event))
            self._wake.set()

    def shown(self, screen, waiting=0):
        """Tell whoever watches that the screen changed, and how many facts wait."""
        self._tell(screen=screen, waiting=waiting)

    def _tell(self, **news):
        self._told.update(news)
        if self._panel is not None:
            self._panel.write(json.dumps(self._told).encode() + b"\n")

    def feed(self):
        """Feed the watchdog."""
        self.fed += 1

    def reset(self):
        """Start again: the process ends and whoever keeps it starts it."""
        sys.exit(3)

    def let_in(self):
        """Leave the board to the technician."""
        sys.exit(4)

    def reset_cause(self):
        """Return why this start happened."""
        return self._settings.get("reset_cause", "power_on")


def _line(settings):
    """Return the RS-485 line of a call pad; no other board pays for it."""
    if "line_port" not in settings:
        return None
    from hal.sim_line import SimLine

    return SimLine(settings["line_port"])
