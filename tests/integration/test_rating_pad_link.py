"""Rating pads in virtual time with the hall's own store: ratings, questions, watchers, pauses."""

import asyncio
import random
from datetime import date, timedelta
from io import BytesIO

import pytest
from PIL import Image
from rating_pad_rig import HALL, TEN, Hall, in_hall

from contract import topics
from contract.board import HallMode, WindowOnBoard, WindowState, ZoneBoard
from contract.link import CommandDone, CommandRefused
from contract.rating import RatingGiven, RatingGrade, RatingReason, RatingReasonsGiven, SetStaffCard
from contract.screen import PictureTaken, PressScreen, TakePicture
from hallkit.pad.face import REASON_BOXES, SUBMIT_BOX
from hallkit.pad.state import PadScreen
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from simulators.rating_pad import PadSetup, RatingPad


def test_a_good_rating_is_stored_once_and_thanked_for_three_seconds() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.ask("e1") == CommandDone()
        assert await hall.pad.press(5)
        assert not await hall.pad.press(1)
        await asyncio.sleep(0.1)
        assert hall.pad.face.screen is PadScreen.THANKS
        assert hall.pad.face.waiting == 0
        await asyncio.sleep(3)
        assert hall.pad.state.screen is PadScreen.IDLE
        (fact,) = hall.facts()
        assert isinstance(fact, RatingGiven)
        assert (fact.grade, fact.service_event, fact.window) == (RatingGrade.EXCELLENT, "e1", 3)

    in_hall(story)


def test_a_bad_rating_is_stored_before_the_reasons_are_asked() -> None:
    async def story(hall: Hall) -> None:
        shown: list[tuple[PadScreen, int]] = []
        hall.pad.on_change = lambda state: shown.append((state.screen, hall.disk.execute(
            "SELECT count(*) FROM rated").fetchone()[0]))  # fmt: skip
        await hall.ask("e1")
        await hall.pad.press(2)
        await asyncio.sleep(0.1)
        assert (PadScreen.REASONS, 1) in shown
        assert (PadScreen.REASONS, 0) not in shown
        assert [type(fact) for fact in hall.facts()] == [RatingGiven]
        await hall.pad.touch(*REASON_BOXES[RatingReason.UNCLEAR].middle)
        await hall.pad.touch(*SUBMIT_BOX.middle)
        await asyncio.sleep(0.1)
        given, reasons = hall.facts()
        assert isinstance(given, RatingGiven)
        assert isinstance(reasons, RatingReasonsGiven)
        assert (reasons.rating, reasons.reasons) == (given.rating, (RatingReason.UNCLEAR,))

    in_hall(story)


@pytest.mark.parametrize("way_out", ["no_reason", "time", "next_question", "power_cut"])
def test_reasons_passed_over_are_told_as_such_exactly_once(way_out: str) -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await hall.pad.press(1)
        if way_out == "no_reason":
            await hall.pad.touch(*hall.pad.boxes()["no_reason"].middle)
        elif way_out == "time":
            await asyncio.sleep(61)
            assert hall.pad.state.screen is PadScreen.THANKS
        elif way_out == "next_question":
            assert await hall.ask("e2") == CommandDone()
            assert hall.pad.state.service_event == "e2"
        else:
            await hall.stop("pad")
            hall.pad = hall.new_pad(8)
            hall.start("pad")
        await asyncio.sleep(5)
        given, reasons = hall.facts()
        assert isinstance(reasons, RatingReasonsGiven)
        assert reasons == RatingReasonsGiven(rating=given.rating, service_event="e1")  # type: ignore[attr-defined]

    in_hall(story)


def test_a_question_nobody_answers_goes_away_after_a_minute_and_leaves_no_rating() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await asyncio.sleep(59.5)
        assert hall.pad.state.screen is PadScreen.GRADES
        await asyncio.sleep(1)
        assert hall.pad.state.screen is PadScreen.IDLE
        assert not await hall.pad.press(5)
        assert hall.facts() == []

    in_hall(story)


def test_questions_for_others_out_of_date_or_already_rated_are_refused() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.ask("e1", window=4) == CommandRefused(code="foreign_window")
        assert await hall.ask("e1", seconds=-1) == CommandRefused(code="expired")
        assert await hall.command(TakePicture(), seconds=-1) == CommandRefused(code="late")
        await hall.ask("e1")
        await hall.pad.press(4)
        assert await hall.ask("e1") == CommandRefused(code="already_rated")
        await hall.stop("pad")
        hall.pad = hall.new_pad(9)
        hall.start("pad")
        await asyncio.sleep(0.1)
        assert await hall.ask("e1") == CommandRefused(code="already_rated")
        assert len(hall.facts()) == 1

    in_hall(story)


def test_a_second_question_replaces_the_first() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        await hall.ask("e2")
        await hall.pad.press(3)
        await asyncio.sleep(0.1)
        assert [fact.service_event for fact in hall.facts()] == ["e2"]  # type: ignore[attr-defined]

    in_hall(story)


def test_the_staff_card_is_shown_unless_it_cannot_be_drawn() -> None:
    async def story(hall: Hall) -> None:
        assert await hall.command(SetStaffCard(window=3, staff="1003", masked_name="李*")) == CommandDone()
        assert (hall.pad.face.staff, hall.pad.face.masked_name) == ("1003", "李*")
        unknown = SetStaffCard(window=3, staff="1003", masked_name="\ue123*")
        assert await hall.command(unknown) == CommandRefused(code="missing_glyph")
        foreign = SetStaffCard(window=9, staff="1009", masked_name="赵*")
        assert await hall.command(foreign) == CommandRefused(code="foreign_window")
        assert hall.pad.face.staff == "1003"

    in_hall(story)


def test_a_watcher_sees_the_screen_and_may_press_it_in_a_demonstration() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        picture = await hall.command(TakePicture(width=320))
        assert isinstance(picture, PictureTaken)
        assert Image.open(BytesIO(picture.png)).size == (320, 240)
        x, y = hall.pad.boxes()[RatingGrade.GOOD].middle
        assert await hall.command(PressScreen(x=x, y=y)) == CommandDone()
        assert await hall.command(PressScreen(x=0, y=0)) == CommandDone()
        await asyncio.sleep(0.1)
        (fact,) = hall.facts()
        assert isinstance(fact, RatingGiven)
        assert fact.grade is RatingGrade.GOOD

    in_hall(story)


def test_a_real_pad_cannot_be_pressed_from_afar() -> None:
    async def story(hall: Hall) -> None:
        await hall.ask("e1")
        assert await hall.command(PressScreen(x=100, y=60)) == CommandRefused(code="not_a_demo")
        assert hall.facts() == []

    in_hall(story, PadSetup(window=3))


def test_a_pausing_window_says_until_when_and_where_to_go() -> None:
    async def story(hall: Hall) -> None:
        windows = (
            WindowOnBoard(window=3, state=WindowState.PAUSED, until=TEN + timedelta(minutes=30)),
            WindowOnBoard(window=9, state=WindowState.FREE),
            WindowOnBoard(window=5, state=WindowState.SERVING),
        )
        board = ZoneBoard(
            zone="A",
            business_day=date(2026, 9, 14),
            as_of=TEN,
            mode=HallMode.OPEN,
            windows=windows,
            queues=(),
            calls=(),
        )
        hall.engine.link.publish(topics.board(HALL, "A"), hall.engine.postmark.stamp(board), retain=True)
        await asyncio.sleep(0.1)
        pause = hall.pad.face.pause
        assert pause is not None
        assert (pause.until, pause.elsewhere, pause.closed) == ("10:30", 5, False)
        assert await hall.ask("e1") == CommandDone()
        assert hall.pad.face.screen is PadScreen.GRADES

    in_hall(story)


def test_a_night_of_thirty_idle_pads_costs_nothing() -> None:
    async def main(clock: LoopClock) -> int:
        broker = MemoryBroker()
        loop = asyncio.get_running_loop()
        pads = [
            RatingPad(
                topics.address(HALL, "rating-pad", f"pad-{window:02}"),
                "",
                PadSetup(window=window),
                links=broker.links(),
                clock=clock,
                chance=random.Random(window),
                database=open_database(":memory:"),
            )
            for window in range(1, 31)
        ]
        tasks = [asyncio.ensure_future(pad.run()) for pad in pads]
        await asyncio.sleep(1)
        timers = len(loop._scheduled)  # type: ignore[attr-defined]
        await asyncio.sleep(8 * 3600)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        return timers

    assert run_virtual(main, TEN) == 0
