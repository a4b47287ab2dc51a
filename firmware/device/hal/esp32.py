"""An ESP32 board (MicroPython's esp32 port): its buses, watchdog, epoch and converter."""

import machine
from hal.chip import ChipHal


class Hal(ChipHal):
    """The ESP32's own figures; time there begins in 2000."""

    SPI, SPI_HZ, WATCHDOG_MS, EPOCH = 1, 40000000, 30000, 946684800
    CAUSES = {1: "power_on", 2: "hard", 3: "watchdog", 4: "deep_sleep", 5: "soft"}

    def volts(self, pin):
        """Return what reads the volts at a pin."""
        converter = machine.ADC(machine.Pin(pin), atten=machine.ADC.ATTN_11DB)
        return lambda: converter.read_uv() / 1000000
