"""The identity card reader against the simulated one: cards laid on, left, lifted, and a real terminal."""

import asyncio
import random
from itertools import pairwise
from pathlib import Path

import pytest
from id_reader_rig import Rig, at_night

from hallkit.codecs.sam_v import Ask, Status
from hallkit.devices.card_reader import CardReader
from hallkit.devices.id_reader import IdReader
from hallkit.devices.id_reader_card import Hint, IdReaderError, IdReaderSettings, ReaderCause, Trouble
from hallkit.devices.id_reader_photo import PhotoError, draw_demonstration, photo_decoder
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import open_stream
from simulators.id_cards import CARDS
from simulators.id_reader import SimulatedIdReader, build, serve

LINE_TIME = 2321 * 10 / 115_200


@pytest.mark.parametrize("name", CARDS)
@pytest.mark.parametrize("fingerprint", [False, True])
def test_every_card_is_read_as_it_is(name: str, fingerprint: bool) -> None:
    async def story(rig: Rig) -> None:
        card = await rig.read()
        assert card.text == CARDS[name].text
        assert card.number == CARDS[name].text.number.reveal()
        assert len(card.fingerprint) == fingerprint * CARDS[name].fingerprint_size
        assert draw_demonstration(card.photo).size == (102, 126)
        assert rig.hints == []

    at_night(story, name, IdReaderSettings(with_fingerprint=fingerprint))


def test_a_card_laid_on_is_read_within_a_second_beyond_the_line_time() -> None:
    async def story(rig: Rig) -> None:
        rig.device.card_time = 0.4
        waits = []
        for offset in range(10):
            waiting = await rig.wait()
            await rig.clock.sleep(offset * 0.031)
            at = rig.clock.monotonic()
            rig.device.lay_on(CARDS["two_fingers"])
            assert (await waiting).text.born.year == 1992
            waits.append(rig.clock.monotonic() - at - LINE_TIME)
            rig.device.lift()
        assert max(waits) < 0.75

    at_night(story, settings=IdReaderSettings(with_fingerprint=True))


def test_nobody_is_asked_anything_while_nobody_waits_for_a_card() -> None:
    async def story(rig: Rig) -> None:
        await rig.clock.sleep(3600)
        assert rig.device.asked == [Ask.STATUS]
        waiting = await rig.wait()
        await rig.clock.sleep(9)
        waiting.cancel()
        searches = rig.searches()
        assert 25 <= searches <= 34
        await rig.clock.sleep(3600)
        assert rig.searches() == searches

    at_night(story)


def test_the_reader_has_its_rest_between_two_searches() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        await rig.clock.sleep(5)
        waiting.cancel()
        times = rig.asked_at[1:]
        assert min(later - sooner for sooner, later in pairwise(times)) >= 0.3

    at_night(story)
    with pytest.raises(ValueError, match="poll_pause"):
        IdReaderSettings(poll_pause=0.1)


def test_a_card_that_stays_is_read_once_and_again_only_after_it_was_lifted() -> None:
    async def story(rig: Rig) -> None:
        await rig.read()
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(5):
                await rig.driver.read()
        rig.device.lift()
        waiting = await rig.wait()
        rig.device.lay_on(CARDS["minor"])
        assert (await waiting).text.name.reveal() == "示小明"

    at_night(story, "resident")


@pytest.mark.parametrize("card", ["resident", "rare_name"])
def test_a_card_left_behind_is_seen_until_it_is_lifted(card: str) -> None:
    async def story(rig: Rig) -> None:
        await rig.read()
        assert await rig.driver.is_card_there()
        lifting = asyncio.create_task(rig.driver.lifted())
        await rig.clock.sleep(20)
        assert not lifting.done()
        rig.device.lift()
        async with asyncio.timeout(0.5):
            await lifting
        assert not await rig.driver.is_card_there()

    at_night(story, card)


def test_the_newest_address_is_read_where_there_is_one() -> None:
    async def story(rig: Rig) -> None:
        newest = (await rig.read()).newest_address
        assert newest is not None
        assert newest.reveal().startswith("演示省演示市新迁区")
        rig.device.lift()
        waiting = await rig.wait()
        rig.device.lay_on(CARDS["minor"])
        assert (await waiting).newest_address is None

    at_night(story, "resident", IdReaderSettings(with_newest_address=True))


@pytest.mark.parametrize(
    ("status", "trouble"),
    [
        (Status.CARD_REJECTS_SAM, Trouble.UNREADABLE),
        (Status.SAM_REJECTS_CARD, Trouble.UNREADABLE),
        (Status.VERIFICATION_FAILED, Trouble.UNREADABLE),
        (Status.FINGERPRINT_ERROR, Trouble.UNREADABLE),
        (Status.LENGTH_ERROR, Trouble.UNREADABLE),
        (Status.RANDOM_FAILED, Trouble.UNREADABLE),
        (Status.READ_FAILED, Trouble.MOVED),
        (Status.UNKNOWN_CARD_TYPE, Trouble.UNKNOWN_KIND),
    ],
)
def test_a_card_that_is_not_read_must_be_lifted_and_laid_on_again(status: Status, trouble: Trouble) -> None:
    async def story(rig: Rig) -> None:
        rig.device.read_fault = status
        waiting = await rig.wait()
        for _ in range(3):
            rig.device.lay_on(CARDS["resident"])
            await rig.clock.sleep(2.0)
            rig.device.lift()
        assert rig.hints == [Hint(trouble, failures) for failures in (1, 2, 3)]
        rig.device.read_fault = None
        rig.device.lay_on(CARDS["resident"])
        assert (await waiting).text.name.reveal() == "演示人"
        assert rig.views == [None]

    at_night(story)


def test_a_card_lifted_in_the_middle_is_asked_to_lie_still() -> None:
    async def story(rig: Rig) -> None:
        rig.device.cuts = 0
        waiting = await rig.wait()
        rig.device.baud = 115_200
        rig.device.lay_on(CARDS["two_fingers"])
        while Ask.READ not in rig.device.asked:
            await rig.clock.sleep(0.01)
        await rig.clock.sleep(0.05)
        rig.device.lift()
        await rig.clock.sleep(3.0)
        assert rig.hints == [Hint(Trouble.MOVED, 1)]
        rig.device.lay_on(CARDS["one_finger"])
        assert (await waiting).text.name.reveal() == "示一指"

    at_night(story)


async def test_a_reader_on_a_real_terminal_is_pulled_out_and_put_back(tmp_path: Path) -> None:
    device = build("usual")
    port = PtyPort(tmp_path / "idcard0")
    driver: IdReader = IdReader(
        lambda: open_stream(f"pty:{tmp_path}/idcard0"), SystemClock(), backoff=Backoff(random.Random(0), 0.01, 0.05)
    )
    holds: CardReader = driver
    running = asyncio.create_task(driver.run())
    try:
        for name in ("rare_name", "foreigner_2017"):
            serving = asyncio.create_task(serve(device, port.plug_in()))
            async with asyncio.timeout(30):
                await driver.wait_for(lambda view: view.can_read)
                device.lay_on(CARDS[name])
                assert (await holds.read()).number == CARDS[name].text.number.reveal()
            port.unplug()
            await asyncio.gather(serving)
            device.lift()
            async with asyncio.timeout(30):
                await driver.wait_for(lambda view: view.cause is ReaderCause.UNPLUGGED)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


def test_a_picture_decoder_is_named_in_the_configuration() -> None:
    assert photo_decoder("demonstration") is draw_demonstration
    assert photo_decoder("hallkit.devices.id_reader_photo:draw_demonstration") is draw_demonstration
    for wrong in ("nowhere.at_all:decode", "hallkit.devices:decode", "", "json"):
        with pytest.raises(PhotoError):
            photo_decoder(wrong)
    with pytest.raises(PhotoError, match="maker's decoder"):
        draw_demonstration(bytes(1024))


def test_a_set_up_nobody_wrote_is_refused_with_the_ones_there_are() -> None:
    with pytest.raises(KeyError, match="rare_name"):
        build("broken")
    assert isinstance(build("hung"), SimulatedIdReader)


async def test_two_programs_on_one_reader_are_found_out(tmp_path: Path) -> None:
    port = PtyPort(tmp_path / "idcard0")
    serving = asyncio.create_task(serve(build(), port.plug_in()))
    first, second = (IdReader(lambda: open_stream(f"pty:{tmp_path}/idcard0"), SystemClock()) for _ in range(2))
    running = [asyncio.create_task(first.run())]
    try:
        await asyncio.wait_for(first.wait_for(lambda view: view.can_read), 30)
        running.append(asyncio.create_task(second.run()))
        with pytest.raises(IdReaderError) as error:
            await second.read()
        assert error.value.cause is ReaderCause.UNPLUGGED
        assert await asyncio.wait_for(first.is_card_there(), 30) is False
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        port.unplug()
        await serving
