"""A rating pad on a board's heap: two thousand ratings pressed and acknowledged, then what is left."""

import asyncio
import gc
import json

from hal.sim import SimHal


async def rate(pad, number):
    """Ask, press 非常满意, and let the hall acknowledge it."""
    pad.state.ask("%026d" % number, pad._clock.now() + 60000, pad._clock.now())
    assert pad.press(5)
    pad._show()
    outbox = pad.board.outbox
    if number % 16 == 0:
        for row in outbox.rows(outbox.acked, 16):
            pad._device.sender._message(row)
        outbox.acknowledge(outbox.last)
        await asyncio.sleep(0)


async def live(path, count):
    from apps.rating_pad import RatingPad

    with open(path) as file:
        settings = json.load(file)
    pad = RatingPad(settings, SimHal(settings))
    running = asyncio.create_task(pad.run())
    await asyncio.sleep(0.2)
    for number in range(1, count + 1):
        await rate(pad, number)
    gc.collect()
    print("rated", pad.board.outbox.last, "free", gc.mem_free(), "alloc", gc.mem_alloc())
    running.cancel()


def main(path, count="2000"):
    gc.threshold(4096)
    asyncio.run(live(path, int(count)))
