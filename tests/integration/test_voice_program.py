"""The voice program on a link: boards in, sound out."""

import asyncio
import json
import random
import shutil
import sqlite3
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest

from contract import codec, topics
from contract.board import CallOnBoard, HallMode, ZoneBoard
from contract.field import FaultCleared, FaultRaised
from contract.link import DeviceState, Fault
from contract.topics import Channel
from hallkit.runtime.clock import SHANGHAI, Clock, LoopClock, SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from queue_caller.app.voice import VoiceApp
from queue_caller.core.announcer import AnnouncerRules
from queue_caller.core.phrase import Clause, Language
from queue_caller.drivers.speaker import WavSpeaker
from queue_caller.drivers.synthesizer import EspeakSynthesizer, SilentSynthesizer, Synthesizer
from queue_caller.wire.sound import Sound, SynthesisError, from_wav, silence
from simulators.speaker import Heard, SimulatedSpeaker

HALL = "demo"
VOICE = topics.address(HALL, "voice", "voice-a")
ENGINE = topics.address(HALL, "queue", "engine")
START = datetime(2026, 9, 14, 9, 0, tzinfo=SHANGHAI)
MANDARIN = AnnouncerRules(languages=(Language.MANDARIN,), evacuation_pause=0.05)


class QuickSynthesizer:
    """A tenth of a second a clause; `broken` has no voice."""

    name = "quick"

    def __init__(self, *, broken: bool = False) -> None:
        self.broken = broken
        self.said: list[str] = []

    async def render(self, clause: Clause) -> Sound:
        if self.broken:
            raise SynthesisError("espeak-ng is missing; install espeak-ng")
        self.said.append(clause.text)
        return silence(0.05)


class Hall:
    """A broker, an engine that puts up boards, and one voice."""

    def __init__(
        self, clock: Clock, broker: MemoryBroker, engine: Device, voice: VoiceApp, heard: list[LinkMessage]
    ) -> None:
        self.clock, self.broker, self.engine, self.voice, self.heard = clock, broker, engine, voice, heard
        self.calls: list[CallOnBoard] = []

    def call(self, ticket: str, window: int, *, age: float = 0.0, count: int = 1) -> None:
        made = self.clock.now() - timedelta(seconds=age)
        one = CallOnBoard(call=len(self.calls) + 1, ticket=ticket, window=window, count=count, at=made)
        self.calls.insert(0, one)

    def show(self, mode: HallMode = HallMode.OPEN, zone: str = "A", topic: str = "") -> None:
        board = ZoneBoard(
            zone=zone,
            business_day=date(2026, 9, 14),
            as_of=self.clock.now(),
            mode=mode,
            windows=(),
            queues=(),
            calls=tuple(self.calls[:12]),
        )
        wanted = topic or topics.board(HALL, zone)
        self.engine.link.publish(wanted, self.engine.postmark.stamp(board), qos=1, retain=True)

    def bodies(self, kind: type) -> list[object]:
        opened = [codec.decode(message.payload) for message in self.heard]
        return [codec.decode_body(one.type, one.body) for one in opened if one.type == kind.__name__]


@asynccontextmanager
async def open_hall(
    clock: Clock,
    speaker: object,
    synthesizer: Synthesizer,
    *,
    database: sqlite3.Connection | None = None,
    rules: AnnouncerRules = MANDARIN,
    zones: Sequence[str] = ("A",),
    broker: MemoryBroker | None = None,
) -> AsyncIterator[Hall]:
    broker = broker or MemoryBroker()
    heard: list[LinkMessage] = []
    facts, states = VOICE.topic(Channel.FACTS), VOICE.topic(Channel.STATE)
    hear = {facts: heard.append, states: heard.append}
    engine = Device(ENGINE, "", links=broker.links(), clock=clock, chance=random.Random(1), hear=hear)
    voice = VoiceApp(
        VOICE,
        "",
        zones=zones,
        links=broker.links(),
        clock=clock,
        chance=random.Random(2),
        database=database or open_database(":memory:"),
        speaker=speaker,  # type: ignore[arg-type]
        synthesizer=synthesizer,
        rules=rules,
        engine=ENGINE.name,
    )
    tasks = [asyncio.ensure_future(engine.run()), asyncio.ensure_future(voice.run())]
    await asyncio.sleep(0.01)
    try:
        yield Hall(clock, broker, engine, voice, heard)
    finally:
        for task in tasks:
            task.cancel()
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert all(isinstance(one, asyncio.CancelledError) for one in results), results


async def until(what: object, seconds: float = 60.0) -> None:
    async with asyncio.timeout(seconds):
        while not what():  # type: ignore[operator]  # noqa: ASYNC110 - a test watches from outside
            await asyncio.sleep(0.01)


def in_virtual_time(story: Callable[[LoopClock], Awaitable[None]]) -> Callable[[], None]:
    """Make a test of a story that knows only the clock."""

    async def main(clock: LoopClock) -> None:
        await story(clock)

    def test() -> None:
        run_virtual(main, START)

    test.__name__ = story.__name__
    return test


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_two_calls_are_recorded_in_order_and_the_last_one_twice(tmp_path: Path) -> None:
    clock, path = SystemClock(), tmp_path / "hall.wav"
    async with open_hall(clock, WavSpeaker(path, clock), EspeakSynthesizer(words_a_minute=380)) as hall:
        hall.call("A001", 3)
        hall.call("A042", 12)
        hall.show()
        timeline = path.with_name("hall.wav.jsonl")
        await until(lambda: timeline.read_text().count("\n") == 3)
    sound = from_wav(path.read_bytes())
    first, second, again = (json.loads(line) for line in timeline.read_text().splitlines())
    assert first["offset"] == 0.0
    assert first["seconds"] > 1.0
    assert again["seconds"] == second["seconds"] != first["seconds"]
    assert sound.seconds == pytest.approx(again["offset"] + again["seconds"], abs=0.05)
    assert part(sound, second) == part(sound, again)
    assert part(sound, first) != part(sound, second)


@pytest.mark.skipif(shutil.which("espeak-ng") is None, reason="espeak-ng is not installed")
async def test_evacuation_speech_follows_the_board_at_once_in_real_time(tmp_path: Path) -> None:
    clock, path = SystemClock(), tmp_path / "hall.wav"
    timeline = path.with_name("hall.wav.jsonl")
    async with open_hall(clock, WavSpeaker(path, clock), EspeakSynthesizer()) as hall:
        hall.call("A001", 3)
        hall.show()
        await asyncio.sleep(0.5)
        raised = clock.now()
        hall.show(HallMode.EMERGENCY)
        await until(lambda: timeline.read_text().count("\n") == 1)
        await asyncio.sleep(0.5)
    cut, evacuation = (json.loads(line) for line in timeline.read_text().splitlines())
    assert evacuation["offset"] == pytest.approx(cut["offset"] + cut["seconds"], abs=0.05)
    assert datetime.fromisoformat(evacuation["at"]) - raised < timedelta(seconds=15)


def part(sound: Sound, line: dict[str, float]) -> bytes:
    start = round(line["offset"] * 22_050) * 2
    return sound.samples[start + 400 : start + round(line["seconds"] * 22_050) * 2 - 400]


@in_virtual_time
async def test_an_emergency_interrupts_a_long_sentence_and_ends_when_cleared(
    clock: LoopClock,
) -> None:
    speaker = SimulatedSpeaker(clock)
    async with open_hall(clock, speaker, SilentSynthesizer()) as hall:
        hall.call("A001", 3)
        hall.show()
        await asyncio.sleep(0.2)
        begun = clock.now()
        hall.show(HallMode.EMERGENCY)
        await until(lambda: len(speaker.heard) == 1)
        assert not speaker.heard[0].whole
        assert speaker.heard[0].sound.seconds < 1.0
        assert (clock.now() - begun).total_seconds() < 0.3
        await asyncio.sleep(0.1)
        hall.show()
        await until(lambda: len(speaker.heard) == 2)
        assert (speaker.heard[1].at - begun).total_seconds() < 1.0
        assert not speaker.heard[1].whole


@in_virtual_time
async def test_evacuation_texts_go_on_while_the_link_is_down(clock: LoopClock) -> None:
    speaker, synthesizer = SimulatedSpeaker(clock), QuickSynthesizer()
    async with open_hall(clock, speaker, synthesizer) as hall:
        hall.show(HallMode.EMERGENCY)
        await until(lambda: len(speaker.heard) >= 1)
        hall.broker.stop()
        await until(lambda: len(speaker.heard) >= 3)


@in_virtual_time
async def test_after_a_restart_nothing_is_called_again_and_new_calls_are(clock: LoopClock) -> None:
    broker, database = MemoryBroker(), open_database(":memory:")
    first, second, synthesizer = SimulatedSpeaker(clock), SimulatedSpeaker(clock), QuickSynthesizer()
    async with open_hall(clock, first, synthesizer, database=database, broker=broker) as hall:
        hall.call("A001", 3)
        hall.show()
        await until(lambda: len(first.heard) == 2)
        calls = hall.calls
    async with open_hall(clock, second, synthesizer, database=database, broker=broker) as hall:
        hall.calls = calls
        await asyncio.sleep(0.1)
        assert len(second.heard) == 0
        hall.call("A002", 4)
        hall.show()
        await until(lambda: len(second.heard) == 2)
    assert "请A零零二号" in synthesizer.said


@in_virtual_time
async def test_a_voice_that_starts_late_speaks_the_fresh_call_of_the_stored_board(clock: LoopClock) -> None:
    broker = MemoryBroker()
    async with open_hall(clock, SimulatedSpeaker(clock), QuickSynthesizer(), broker=broker, zones=("C",)) as hall:
        hall.call("A001", 3, age=40)
        hall.call("A002", 4)
        hall.show()
    synthesizer, speaker = QuickSynthesizer(), SimulatedSpeaker(clock)
    async with open_hall(clock, speaker, synthesizer, broker=broker):
        await until(lambda: len(speaker.heard) == 2)
    assert "请A零零二号" in synthesizer.said
    assert "请A零零幺号" not in synthesizer.said


@in_virtual_time
async def test_without_espeak_a_fault_is_raised_the_alarm_still_sounds_and_recovery_is_told(clock: LoopClock) -> None:
    speaker, synthesizer = SimulatedSpeaker(clock), QuickSynthesizer(broken=True)
    async with open_hall(clock, speaker, synthesizer) as hall:
        await until(lambda: hall.bodies(FaultRaised))
        state = hall.bodies(DeviceState)[-1]
        assert isinstance(state, DeviceState)
        assert state.faults == (Fault.VOICE_FAILED,)
        hall.call("A001", 3)
        hall.show()
        await asyncio.sleep(0.1)
        assert not speaker.heard
        hall.show(HallMode.EMERGENCY)
        await asyncio.sleep(0.3)
        hall.show()
        await until(lambda: speaker.heard)
        assert any(speaker.heard[0].sound.samples)
        synthesizer.broken = False
        hall.call("A002", 4)
        hall.show()
        await until(lambda: hall.bodies(FaultCleared))
        assert hall.bodies(FaultRaised)[0].subject == "voice-a"  # type: ignore[attr-defined]


@in_virtual_time
async def test_a_dead_loudspeaker_is_a_fault_too(clock: LoopClock) -> None:
    async with open_hall(clock, SimulatedSpeaker(clock, silent=True), QuickSynthesizer()) as hall:
        hall.call("A001", 3)
        hall.show()
        await until(lambda: hall.bodies(FaultRaised))


@in_virtual_time
async def test_a_disk_that_cannot_be_written_does_not_silence_the_hall(clock: LoopClock) -> None:
    database, speaker = open_database(":memory:"), SimulatedSpeaker(clock)
    async with open_hall(clock, speaker, QuickSynthesizer(), database=database) as hall:
        database.execute("PRAGMA query_only = ON")
        hall.call("A001", 3)
        hall.show()
        await until(lambda: len(speaker.heard) == 2)
        assert any(Fault.DISK_FULL in one.faults for one in hall.bodies(DeviceState))  # type: ignore[attr-defined]
        database.execute("PRAGMA query_only = OFF")


@in_virtual_time
async def test_boards_from_anybody_but_the_engine_or_on_a_foreign_topic_are_refused(clock: LoopClock) -> None:
    speaker = SimulatedSpeaker(clock)
    async with open_hall(clock, speaker, QuickSynthesizer()) as hall:
        hall.call("A001", 3)
        hall.show(zone="C", topic=topics.board(HALL, "A"))
        hall.engine.link.publish(topics.board(HALL, "A"), b"{not json")
        impostor = ZoneBoard(
            zone="A",
            business_day=date(2026, 9, 14),
            as_of=clock.now(),
            mode=HallMode.EMERGENCY,
            windows=(),
            queues=(),
            calls=(),
        )
        data = hall.engine.postmark.stamp(impostor, dev="kiosk-1")
        hall.engine.link.publish(topics.board(HALL, "A"), data)
        await until(lambda: hall.voice.device.refused == 3)
        assert not speaker.heard


def test_a_day_of_calls_in_virtual_time_is_spoken_in_seconds() -> None:
    heard = run_virtual(spoken_day, START)
    assert len(heard) == 200 * 4
    assert heard == run_virtual(spoken_day, START)


async def spoken_day(clock: LoopClock) -> list[Heard]:
    broker, speaker = MemoryBroker(), SimulatedSpeaker(clock)
    speaker.heard = deque()
    engine = Device(ENGINE, "", links=broker.links(), clock=clock, chance=random.Random(1))
    voice = VoiceApp(
        VOICE,
        "",
        zones=["A"],
        links=broker.links(),
        clock=clock,
        chance=random.Random(2),
        database=open_database(":memory:"),
        speaker=speaker,
        synthesizer=SilentSynthesizer(),
    )
    tasks = [asyncio.ensure_future(engine.run()), asyncio.ensure_future(voice.run())]
    for number in range(1, 201):
        await asyncio.sleep(180)
        call = CallOnBoard(call=number, ticket=f"A{number:03}", window=1 + number % 9, count=1, at=clock.now())
        board = ZoneBoard(
            zone="A",
            business_day=date(2026, 9, 14),
            as_of=clock.now(),
            mode=HallMode.OPEN,
            windows=(),
            queues=(),
            calls=(call,),
        )
        engine.link.publish(topics.board(HALL, "A"), engine.postmark.stamp(board), retain=True)
    await asyncio.sleep(60)
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    return list(speaker.heard)
