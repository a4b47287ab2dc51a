"""Scrolling text and streamed pictures."""

import asyncio

from display_controller.pace import StreamPace, stream_pace
from hall24.bench.figure import Bar, Figure, figure, middle
from hallkit.text.fonts import system_fonts
from hallkit.text.strip import scroll_pace

SIZES = ((192, 32), (320, 64), (1920, 128))
WIRE_READY = ("rgb_columns", "rgb_rows")
PANELS, PANEL, RATE = 50, (320, 64), 30
ROUNDS = 3


def scroll_figures() -> tuple[Figure, ...]:
    """Measure one scrolled frame, ready for the wire, on every canvas; the slower of both byte orders counts."""
    found = []
    for size in SIZES:
        paces = scroll_pace(size, system_fonts().led(min(size[1], 64)))
        slower = max((pace for pace in paces if pace.layout in WIRE_READY), key=lambda pace: pace.frame)
        name = f"scroll frame {size[0]}×{size[1]}"
        limit = ("memcpy of the same bytes", 1e6 * slower.memcpy)
        found.append(figure(name, 1e6 * slower.frame, "µs", limit, Bar(ratio_most=3), slower.layout))
    return tuple(found)


def stream_figures() -> tuple[Figure, ...]:
    """Measure the processor time of many panels that change completely in every frame."""
    paces = [asyncio.run(stream_pace(PANELS, PANEL, RATE)) for _ in range(ROUNDS)]
    return (stream_figure(paces),)


def stream_figure(paces: list[StreamPace]) -> Figure:
    """Return the figure of some rounds of streaming."""
    late = sum(pace.late_frames for pace in paces)
    return figure(
        f"{PANELS} panels of {PANEL[0]}×{PANEL[1]} at {RATE} frames/s over DDP",
        100 * middle([pace.core for pace in paces]), "% of a core",
        ("one send() a datagram", 100 * middle([pace.raw_sends for pace in paces])), Bar(most=35),
        f"{late} of {ROUNDS * 3 * RATE} frames late",
    )  # fmt: skip
