"""One interface to the hardware, once per chip: `esp32`, `rp2`, and `sim` for the unix port and CPython.

Every hal has: root, lcd (width, height, area, write), ticks_ms(), random(n), dial(), next_event(seconds), wake(),
wall_time(), feed(), reset(), reset_cause(), shown(screen); `line` on a call pad, `lamps` on a display, `probe` on a sensor.
"""
