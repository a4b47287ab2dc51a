"""The identity card reader against the simulated one: every fault has its name, no card is taken for another."""

import asyncio
import random
from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import pairwise
from pathlib import Path

import pytest

from hallkit.codecs.sam_v import Ask, Status
from hallkit.devices.card_reader import CardReader, CardReaderError
from hallkit.devices.id_reader import IdReader
from hallkit.devices.id_reader_card import Hint, IdCard, IdReaderError, IdReaderSettings, ReaderCause, Trouble
from hallkit.devices.id_reader_photo import PhotoError, draw_demonstration, photo_decoder
from hallkit.runtime.clock import SHANGHAI, Clock, SystemClock
from hallkit.runtime.reconnect import Backoff
from hallkit.runtime.virtual_time import run_virtual
from hallkit.transports.memory import Cable
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import Sockets, open_stream
from simulators.id_cards import CARDS
from simulators.id_reader import SimulatedIdReader, build, serve

NIGHT = datetime(2026, 11, 20, 2, 30, tzinfo=SHANGHAI)
LINE_TIME = 2321 * 10 / 115_200


class Rig:
    """A reader at the end of a cable, and the driver that holds it."""

    def __init__(self, clock: Clock, setup: str, settings: IdReaderSettings | None, *, relay: bool = False) -> None:
        self.clock = clock
        self.device = build(setup)
        self.cable = Cable(baud=115_200)
        self.sockets = Sockets()
        self.hints: list[Hint] = []
        self.views: list[ReaderCause | None] = []
        self.asked_at: list[float] = []
        self.serving: list[asyncio.Task[None]] = []
        self.device.on_ask = lambda _: self.asked_at.append(clock.monotonic())
        self.plug_in()
        self.driver = IdReader(
            lambda: open_stream("memory:reader", self.sockets),
            clock,
            settings=settings,
            power_cycle=self.cycle if relay else None,
            backoff=Backoff(random.Random(0), 0.5, 5.0),
            on_change=lambda view: self.views.append(view.cause),
            on_hint=self.hints.append,
        )

    async def cycle(self) -> None:
        self.device.power_cycle()

    def plug_in(self) -> None:
        def accept(far: ByteStream) -> None:
            self.serving.append(asyncio.create_task(serve(self.device, far)))

        self.sockets.listen("reader", self.cable).on_accept = accept

    def searches(self) -> int:
        return self.device.asked.count(Ask.FIND)

    async def read(self) -> IdCard:
        async with asyncio.timeout(30):
            return await self.driver.read()

    async def wait(self) -> asyncio.Task[IdCard]:
        """Begin to wait for a card and let the search begin."""
        waiting = asyncio.create_task(self.driver.read())
        await self.clock.sleep(1.0)
        return waiting


def at_night(
    story: Callable[[Rig], Awaitable[None]],
    setup: str = "normal",
    settings: IdReaderSettings | None = None,
    *,
    relay: bool = False,
) -> None:
    async def main(clock: Clock) -> None:
        rig = Rig(clock, setup, settings, relay=relay)
        running = asyncio.create_task(rig.driver.run())
        await clock.sleep(0.1)
        try:
            async with asyncio.timeout(20_000):
                await story(rig)
        finally:
            for task in (running, *rig.serving):
                task.cancel()
            await asyncio.gather(running, *rig.serving, return_exceptions=True)

    run_virtual(main, NIGHT)


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


@pytest.mark.parametrize(("field", "value"), [("noise", b"\xaa\x00\xaa\xaa\x96\x69"), ("doubles", 50)])
def test_what_the_line_adds_changes_no_card(field: str, value: object) -> None:
    async def story(rig: Rig) -> None:
        setattr(rig.device, field, value)
        waiting = await rig.wait()
        rig.device.lay_on(CARDS["foreigner_2023"])
        assert (await waiting).text == CARDS["foreigner_2023"].text
        assert rig.hints == []

    at_night(story)


def test_the_beginning_of_an_answer_that_never_ends_costs_one_deadline() -> None:
    async def story(rig: Rig) -> None:
        def add(ask: Ask | None) -> None:
            first = ask is Ask.FIND and rig.searches() == 1
            rig.device.noise = b"\xaa\xaa\xaa\x96\x69\x07\xd0" if first else b""

        rig.device.on_ask = add
        assert (await asyncio.wait_for(rig.driver.read(), 2.5)).text == CARDS["rare_name"].text
        assert rig.views == [None]

    at_night(story, "rare_name")


@pytest.mark.parametrize("asked_before", [0, 1, 2])
def test_a_wrong_bit_in_any_answer_is_noticed(asked_before: int) -> None:
    async def story(rig: Rig) -> None:
        def spoil(ask: Ask | None) -> None:
            if ask is (Ask.FIND, Ask.SELECT, Ask.READ)[asked_before] and not spoilt:
                spoilt.append(ask)
                rig.device.flips = 1

        spoilt: list[Ask | None] = []
        rig.device.on_ask = spoil
        reading = asyncio.create_task(rig.driver.read())
        await rig.clock.sleep(5)
        if not reading.done():
            assert rig.hints == [Hint(Trouble.UNREADABLE, 1)]
            rig.device.lift()
            await rig.clock.sleep(1)
            rig.device.lay_on(CARDS["minor"])
        assert (await reading).text == CARDS["minor"].text

    at_night(story, "minor")


def test_a_late_answer_is_never_taken_for_the_next_one() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.late = [1.3, 1.3, 1.3]
        rig.device.lay_on(CARDS["hk_macao_taiwan"])
        assert (await asyncio.wait_for(waiting, 30)).text == CARDS["hk_macao_taiwan"].text
        assert rig.hints == []

    at_night(story)


def test_a_reader_that_hangs_is_reset_and_the_citizen_notices_little() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.wedged = True
        rig.device.lay_on(CARDS["resident"])
        at = rig.clock.monotonic()
        await waiting
        assert rig.clock.monotonic() - at < 3.0
        assert Ask.RESET in rig.device.asked
        assert rig.views == [None]

    at_night(story)


def test_a_reader_a_reset_does_not_wake_loses_its_power_for_a_moment() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.hung = True
        rig.device.lay_on(CARDS["resident"])
        assert (await asyncio.wait_for(waiting, 10)).text == CARDS["resident"].text

    at_night(story, relay=True)


def test_a_silent_reader_is_said_to_be_silent_and_comes_back_by_itself() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.silent = True
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.SILENT
        assert isinstance(error.value, CardReaderError)
        assert "switched on" in str(error.value)
        rig.device.silent = False
        rig.device.lay_on(CARDS["resident"])
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 10)
        assert (await rig.read()).text == CARDS["resident"].text
        assert rig.views == [None, ReaderCause.SILENT, None]

    at_night(story)


@pytest.mark.parametrize("status", [Status.SELF_TEST_FAILED, Status.NOT_AUTHORISED])
def test_a_broken_security_module_puts_the_reader_out_of_use(status: Status) -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.device.sam = status
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.SAM_FAULT
        assert not rig.driver.view.can_read
        before = len(rig.device.asked)
        await rig.clock.sleep(3600)
        assert len(rig.device.asked) - before < 70
        rig.device.sam = Status.OK
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 61)

    at_night(story)


def test_a_reader_pulled_out_and_put_back_works_again_without_anybody() -> None:
    async def story(rig: Rig) -> None:
        waiting = await rig.wait()
        rig.sockets.unplug("reader")
        with pytest.raises(IdReaderError) as error:
            await waiting
        assert error.value.cause is ReaderCause.UNPLUGGED
        with pytest.raises(IdReaderError):
            await rig.driver.read()
        await rig.clock.sleep(60)
        rig.plug_in()
        rig.device.lay_on(CARDS["resident"])
        await asyncio.wait_for(rig.driver.wait_for(lambda view: view.can_read), 6)
        assert (await rig.read()).text == CARDS["resident"].text
        assert rig.views == [None, ReaderCause.UNPLUGGED, None]

    at_night(story)


def test_a_reader_pulled_out_at_rest_is_noticed_at_once() -> None:
    async def story(rig: Rig) -> None:
        rig.sockets.unplug("reader")
        await rig.clock.sleep(0.01)
        assert rig.views == [None, ReaderCause.UNPLUGGED]

    at_night(story)


@pytest.mark.parametrize("seed", range(8))
def test_on_a_bad_cable_a_card_is_read_rightly_or_not_at_all(seed: int) -> None:
    async def story(rig: Rig) -> None:
        rig.cable.chance = random.Random(seed)
        rig.cable.corrupt = rig.cable.loss = 0.001
        rig.cable.chunk = 7
        read = 0
        for name in [*CARDS] * 2:
            rig.device.lay_on(CARDS[name])
            try:
                async with asyncio.timeout(8):
                    assert (await rig.driver.read()).text == CARDS[name].text
                read += 1
            except (TimeoutError, IdReaderError):
                pass
            rig.device.lift()
        assert read

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
            async with asyncio.timeout(5):
                await driver.wait_for(lambda view: view.can_read)
                device.lay_on(CARDS[name])
                assert (await holds.read()).number == CARDS[name].text.number.reveal()
            port.unplug()
            await asyncio.gather(serving)
            device.lift()
            async with asyncio.timeout(5):
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
        await asyncio.wait_for(first.wait_for(lambda view: view.can_read), 5)
        running.append(asyncio.create_task(second.run()))
        with pytest.raises(IdReaderError) as error:
            await second.read()
        assert error.value.cause is ReaderCause.UNPLUGGED
        assert await asyncio.wait_for(first.is_card_there(), 5) is False
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        port.unplug()
        await serving
