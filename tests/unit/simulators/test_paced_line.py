"""A serial line takes the time its speed says."""

from datetime import datetime

import pytest

from hallkit.runtime.clock import SHANGHAI, Clock
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import memory_pair
from simulators.paced_line import LATE, PacedLine

START = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize("baud", [115_200, 460_800])
def test_bytes_cross_at_ten_bits_each(baud: int) -> None:
    async def main(clock: Clock) -> float:
        host, board = memory_pair()
        line, began, got = PacedLine(board, lambda: baud), clock.monotonic(), b""
        await host.write(bytes(46_080))
        while len(got) < 46_080:
            got += await line.read()
        assert line.busy == pytest.approx(460_800 / baud)
        return clock.monotonic() - began

    assert run_virtual(main, START) == pytest.approx(460_800 / baud, abs=2 * LATE)


def test_an_answer_has_crossed_when_it_is_written() -> None:
    async def main(clock: Clock) -> float:
        host, board = memory_pair()
        began = clock.monotonic()
        await PacedLine(board, lambda: 9_600).write(bytes(960))
        assert len(await host.read()) == 960
        return clock.monotonic() - began

    assert run_virtual(main, START) == pytest.approx(1.0, abs=2 * LATE)
