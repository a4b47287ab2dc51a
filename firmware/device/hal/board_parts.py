"""Screen, keys and line of a real board; their pins and buses are handed in."""

import asyncio
import time

_START = ((0x01, b"", 150), (0x11, b"", 120), (0x3A, b"\x55", 0))
"""Reset, wake, 16 bits a dot; with the milliseconds the controller takes for it."""


class SpiLcd:
    """A screen of RGB565 on SPI with the MIPI commands of ST7735, ST7789 and ILI9341 (their data sheets)."""

    def __init__(self, spi, select, command, size):
        self.width, self.height = size
        self._spi, self._select, self._command = spi, select, command
        for code, data, wait in _START:
            self._say(code, data)
            time.sleep_ms(wait)
        self._say(0x29)

    def area(self, x, y, width, height):
        """Choose the box the next bytes fill, row after row."""
        if x < 0 or y < 0 or x + width > self.width or y + height > self.height:
            raise ValueError("a box outside the screen")
        self._say(0x2A, bytes([x >> 8, x & 255, (x + width - 1) >> 8, (x + width - 1) & 255]))
        self._say(0x2B, bytes([y >> 8, y & 255, (y + height - 1) >> 8, (y + height - 1) & 255]))
        self._say(0x2C)

    def write(self, data):
        """Fill on with RGB565 bytes, high byte first."""
        self._select(0)
        self._command(1)
        self._spi.write(data)
        self._select(1)

    def _say(self, code, data=b""):
        self._select(0)
        self._command(0)
        self._spi.write(bytes([code]))
        self._select(1)
        if data:
            self.write(data)


class NoLcd:
    """A board without a screen."""

    width = height = 0

    def area(self, x, y, width, height):
        """Take a box nobody sees."""

    def write(self, data):
        """Take dots nobody sees."""


class RsLine:
    """The RS-485 line on a UART; `drive` is the transceiver's direction pin, None where it turns by itself."""

    def __init__(self, uart, drive):
        self._uart, self._drive = uart, drive
        self._reader = asyncio.StreamReader(uart)

    async def read(self, seconds):
        """Return bytes from the line, none if nothing came within `seconds`."""
        try:
            return await asyncio.wait_for(self._reader.read(64), seconds)
        except asyncio.TimeoutError:
            return b""

    async def say(self, data, wait_us):
        """Put bytes on the line `wait_us` microseconds from now, and leave it 0.3 ms after the last one."""
        if wait_us:
            # A slot of a census is 2.5 ms wide and at most 18 ms away: asyncio's milliseconds are too coarse for it.
            time.sleep_us(wait_us)
        if self._drive:
            self._drive(1)
        self._uart.write(data)
        while not self._uart.txdone():
            time.sleep_us(50)
        if self._drive:
            self._drive(0)


class Keys:
    """Key pins, pulled up, closed to ground: every edge wakes the program, which reads the pins itself."""

    def __init__(self, pins, both_ways):
        self._pins, self._both_ways = pins, both_ways
        self._closed = [not pin.value() for pin in pins]
        self.events, self.flag = [], asyncio.ThreadSafeFlag()
        for pin in pins:
            self.listen(pin)

    def listen(self, pin):
        """Let a pin's edges wake the program."""
        pin.irq(lambda _: self.flag.set(), pin.IRQ_FALLING | pin.IRQ_RISING)

    def look(self):
        """Turn pins that changed into events, ("key", n) or ("contact", n, closed); return the events that wait."""
        for place, pin in enumerate(self._pins):
            closed = not pin.value()
            if closed != self._closed[place]:
                self._closed[place] = closed
                if self._both_ways:
                    self.events.append(("contact", place + 1, closed))
                elif closed:
                    self.events.append(("key", place + 1))
        return self.events

    def held(self, places):
        """Say whether all of these keys are down."""
        return bool(places) and all([self._closed[place - 1] for place in places])
