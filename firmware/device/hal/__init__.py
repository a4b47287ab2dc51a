"""One interface to the hardware, once per chip: `esp32`, `rp2`, and `sim` for the unix port and CPython.

Every hal has: root, lcd (width, height, area, write), ticks_ms(), random(n), dial(), next_event(seconds), wake(),
wall_time(), unique_id(), free_bytes(), feed(), reset(), let_in(), reset_cause(), keys_held(), say(line), shown(screen, waiting),
signal(lamp, beeps), probe(pin), serve_panel(); `line` (read, say) on a call pad, None elsewhere.
"""
