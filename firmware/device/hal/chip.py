"""What the hals of real chips share; a chip's own module adds what differs."""

import asyncio
import os
import sys
import time

import machine
import micropython
import network
import ntptime
from hal.board_parts import Keys, NoLcd, RsLine, SpiLcd

from h24.dial import dial

TICKS = 1 << 30
BAUD = 38400
BEEP_MS = 60


class ChipHal:
    """Built from settings: wifi (name, password), pins, screen; subclasses name SPI, watchdog, epoch and levels."""

    SPI, SPI_HZ, WATCHDOG_MS, EPOCH, CAUSES = 0, 0, 0, 0, {}

    def __init__(self, settings):
        micropython.kbd_intr(-1)
        self._settings, self.root = settings, settings["root"]
        self._radio = network.WLAN(network.STA_IF)
        pins = settings.get("pins", {})
        self._keys = Keys([_input(one) for one in pins.get("keys", ())], settings["kind"] == "call-pad")
        self._held = self._keys.held(settings.get("service_keys", ()))
        self._lamp = [machine.Pin(one, machine.Pin.OUT) for one in pins.get("lamp", ())]
        self._buzzer = machine.Pin(pins["buzzer"], machine.Pin.OUT) if "buzzer" in pins else None
        self._beeps = 0
        self.lcd = self._screen(pins["lcd"]) if "lcd" in pins else NoLcd()
        self.line = _line(pins["line"]) if "line" in pins else None
        self._probes = dict([(one["pin"], self._probe_of(one)) for one in settings.get("inputs", ())])
        self._watchdog = machine.WDT(timeout=self.WATCHDOG_MS)

    def ticks_ms(self):
        """Return a counter of milliseconds modulo 2 to the 30th."""
        return time.ticks_ms() % TICKS

    def random(self, count):
        """Return unguessable bytes; the radio, which feeds the chip's generator, is on."""
        self._radio.active(True)
        return os.urandom(count)

    async def dial(self):
        """Join the hall's Wi-Fi if need be, and open the way to the broker."""
        wifi = self._settings["wifi"]
        if not self._radio.isconnected():
            self._radio.active(True)
            self._radio.connect(wifi["name"], wifi["password"])
        while not self._radio.isconnected():
            await asyncio.sleep(0.1)
        return await dial(self._settings)

    async def wall_time(self):
        """Return milliseconds since 1970 and how far they are trusted, or None."""
        if not self._radio.isconnected():
            return None
        ntptime.host = self._settings.get("ntp_host") or self._settings["broker_host"]
        try:
            return (ntptime.time() + self.EPOCH) * 1000, "ntp"
        except (OSError, OverflowError):
            return None

    async def next_event(self, seconds):
        """Return the next event, or None after `seconds`, or when woken."""
        if not self._keys.look():
            try:
                await asyncio.wait_for(self._keys.flag.wait(), seconds)
            except asyncio.TimeoutError:
                return None
            self._keys.look()
        return self._keys.events.pop(0) if self._keys.events else None

    def wake(self):
        """Let next_event return at once."""
        self._keys.flag.set()

    async def serve_panel(self):
        """Hear `door` lines on the console until the program ends."""
        reader = asyncio.StreamReader(sys.stdin)
        while True:
            words = (await reader.readline()).decode().split()
            if words and words[0] == "door":
                self._keys.events.append(tuple(words[:2]))
                self.wake()

    def unique_id(self):
        """Return the bytes the chip's maker gave it."""
        return machine.unique_id()

    def free_bytes(self):
        """Return the room on the flash."""
        found = os.statvfs(self.root or "/")
        return found[0] * found[3]

    def probe(self, pin):
        """Return a reading of a sensor's input, None for one this board has not."""
        return self._probes[pin]() if pin in self._probes else None

    def signal(self, lamp, beeps):
        """Light the key lamp with a code's three bits and sound the buzzer when the count of beeps has grown."""
        for place, pin in enumerate(self._lamp):
            pin(lamp >> place & 1)
        if beeps > self._beeps and self._buzzer:
            self._buzzer(1)
            time.sleep_ms(BEEP_MS)
            self._buzzer(0)
        self._beeps = beeps

    def keys_held(self):
        """Say whether the technician's keys were held down at the start."""
        return self._held

    def say(self, line):
        """Say a line on the console."""
        print(line)

    def shown(self, screen, waiting=0):
        """Nobody watches a real board but people."""

    def feed(self):
        """Feed the watchdog."""
        self._watchdog.feed()

    def reset(self):
        """Start again."""
        machine.reset()

    def let_in(self):
        """Leave the board to the technician until its watchdog resets it: the console may interrupt again."""
        micropython.kbd_intr(3)

    def reset_cause(self):
        """Return why this start happened."""
        return self.CAUSES.get(machine.reset_cause(), "unknown")

    def _screen(self, one):
        spi = machine.SPI(self.SPI, self.SPI_HZ, sck=machine.Pin(one["clock"]), mosi=machine.Pin(one["data"]))
        select, command = [machine.Pin(one[name], machine.Pin.OUT) for name in ("select", "command")]
        return SpiLcd(spi, select, command, self._settings["screen"])

    def _probe_of(self, one):
        """Return what reads an input: a contact that also wakes the program, or a level in the sensor's own unit."""
        if "high" in one:
            volts, per_volt, zero = self.volts(one["pin"]), one.get("per_volt", 1), one.get("zero", 0)
            return lambda: volts() * per_volt + zero
        pin = _input(one["pin"])
        self._keys.listen(pin)
        return lambda: not pin.value()


def _input(number):
    return machine.Pin(number, machine.Pin.IN, machine.Pin.PULL_UP)


def _line(one):
    uart = machine.UART(1, BAUD, tx=machine.Pin(one["tx"]), rx=machine.Pin(one["rx"]))
    return RsLine(uart, machine.Pin(one["drive"], machine.Pin.OUT, value=0) if "drive" in one else None)
