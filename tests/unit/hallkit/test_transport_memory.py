"""The memory cable and its faults."""

import random

import pytest

from hallkit.errors import StreamClosedError, StreamError
from hallkit.transports.memory import Cable, memory_pair
from hallkit.transports.url import Sockets, open_stream


async def test_bytes_arrive_in_order_and_in_chunks() -> None:
    near, far = memory_pair(Cable(chunk=2))

    await near.write(b"abcde")

    assert [await far.read(), await far.read(), await far.read()] == [b"ab", b"cd", b"e"]


async def test_a_closed_cable_reads_empty_and_refuses_writes() -> None:
    near, far = memory_pair()
    await near.write(b"last words")

    near.close()

    assert [await far.read(), await far.read()] == [b"last words", b""]
    with pytest.raises(StreamClosedError):
        await far.write(b"x")


async def test_a_cut_cable_swallows_everything_until_it_is_mended() -> None:
    cable = Cable(cut=True)
    near, far = memory_pair(cable)
    await near.write(b"lost")

    cable.cut = False
    await near.write(b"heard")

    assert await far.read() == b"heard"


async def test_a_noisy_cable_damages_bytes_but_never_invents_any() -> None:
    near, far = memory_pair(Cable(loss=0.3, corrupt=0.3, chance=random.Random(7)))

    await near.write(bytes(1000))

    received = await far.read()
    assert 500 < len(received) < 900
    assert any(received)


async def test_opening_a_name_nobody_serves_says_what_is_missing() -> None:
    with pytest.raises(StreamError, match="nothing is plugged into memory:printer"):
        await open_stream("memory:printer", Sockets())


async def test_an_unknown_scheme_is_refused_by_name() -> None:
    with pytest.raises(StreamError, match="unknown scheme"):
        await open_stream("ftp://example")
