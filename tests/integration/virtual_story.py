"""A test on virtual time: deadlines of milliseconds hold on the slowest machine, and cost nothing."""

import functools
from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Any

from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.virtual_time import run_virtual

START = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


def in_virtual_time(story: Callable[..., Awaitable[None]]) -> Callable[..., None]:
    """Make a test of a story on memory cables, whose clock follows the running loop."""

    @functools.wraps(story)
    def test(*some: Any, **named: Any) -> None:
        async def main(_: LoopClock) -> None:
            await story(*some, **named)

        run_virtual(main, START)

    return test
