"""A Pico W board (MicroPython's rp2 port): its buses, watchdog, epoch and converter."""

import machine
from hal.chip import ChipHal


class Hal(ChipHal):
    """The RP2040's own figures; its watchdog counts no longer than this."""

    SPI, SPI_HZ, WATCHDOG_MS, EPOCH = 0, 31250000, 8300, 0
    CAUSES = {1: "power_on", 3: "watchdog"}
    FULL_SCALE, VOLTS = 65535, 3.3

    def volts(self, pin):
        """Return what reads the volts at a pin."""
        converter = machine.ADC(pin)
        return lambda: converter.read_u16() * self.VOLTS / self.FULL_SCALE
