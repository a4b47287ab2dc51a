"""Eleven deliberate defects, each put into the programs of one simulated day by a test."""

from collections.abc import Callable, Iterable
from datetime import date, datetime
from typing import Any

import pytest
from msgspec.structs import replace

from contract import codec
from contract.board import ZoneBoard
from contract.link import Ack
from display_controller.core import hall_scene, window_scene
from hall24.day import stage
from hallkit.broker.acl import Grant
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.pad import state as rating_pad_state
from hallkit.pad.state import PadScreen, PadState
from hallkit.runtime.device import Device
from hallkit.runtime.fact_sender import FactSender
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryLink
from hallkit.runtime.outbox import Row
from mqtt_bridge.core.arrival import examine
from mqtt_bridge.store.hall_store import Sender
from mqtt_bridge.store.service import StoreService
from queue_caller.app import boards
from queue_caller.app.engine import EngineApp
from queue_caller.app.keeper import EngineKeeper
from simulators.rating_pad_store import PadStore

Defect = Callable[[pytest.MonkeyPatch], None]


def ack_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The hall store acknowledges what it has not committed yet."""
    commit = StoreService._commit

    async def hasty(service: StoreService, messages: list[LinkMessage]) -> None:
        for message in messages:
            arrival = examine(message.topic, message.payload)
            if arrival.address is not None and arrival.inc is not None and arrival.seq is not None:
                service._acknowledge(Sender(arrival.address, arrival.inc), arrival.seq)
        await service._clock.sleep(0.05)
        await commit(service, messages)

    patch.setattr(StoreService, "_commit", hasty)


def number_reuse_after_restart(patch: pytest.MonkeyPatch) -> None:
    """The queue engine forgets after a restart which numbers it gave."""
    load = EngineKeeper._load

    def forgetful(keeper: EngineKeeper) -> None:
        load(keeper)
        keeper.engine._hall.record.counters.clear()
        keeper.engine._hall.record.ended.clear()

    patch.setattr(EngineKeeper, "_load", forgetful)


def rating_without_dedupe(patch: pytest.MonkeyPatch) -> None:
    """The rating pad takes every press for a rating of its own."""
    graded = rating_pad_state.graded

    def again(state: PadState, grade: Any, now: datetime, rating: str) -> Any:
        after, fact = graded(state, grade, now, rating)
        if fact is None or after.screen is not PadScreen.THANKS:
            return after, fact
        return state, fact

    patch.setattr(rating_pad_state, "graded", again)
    patch.setattr(PadStore, "is_rated", lambda store, event: False)
    patch.setattr(
        "simulators.rating_pad_store._TABLES",
        "CREATE TABLE IF NOT EXISTS rated(number INTEGER PRIMARY KEY, service_event TEXT NOT NULL);"
        "CREATE TABLE IF NOT EXISTS reasons_open(rating TEXT PRIMARY KEY, service_event TEXT NOT NULL);",
    )


def uncommitted_print(patch: pytest.MonkeyPatch) -> None:
    """A ticket is given out before the queue engine has committed it."""
    commit, answer = EngineKeeper.commit, EngineApp._answer

    def hasty(app: EngineApp, received: Any) -> Any:
        reply = answer(app, received)
        app._reply(received, reply)
        return reply

    async def late(keeper: EngineKeeper) -> Any:
        await keeper._clock.sleep(0.05)
        return await commit(keeper)

    patch.setattr(EngineApp, "_answer", hasty)
    patch.setattr(EngineKeeper, "commit", late)


def midnight_reset(patch: pytest.MonkeyPatch) -> None:
    """Whoever waits at midnight is forgotten."""
    meet = EngineKeeper.meet_deadlines
    days: dict[int, date] = {}

    def reset(keeper: EngineKeeper) -> None:
        meet(keeper)
        record, today = keeper.engine._hall.record, keeper._clock.now().date()
        if days.setdefault(id(keeper), today) != today:
            days[id(keeper)] = today
            for line in record.lines.values():
                for lane in line.lanes.values():
                    while lane.standings:
                        standing = lane.standings[0]
                        lane.leave(standing)
                        del record.tickets[standing[2]]

    patch.setattr(EngineKeeper, "meet_deadlines", reset)


def foreign_ack_obeyed(patch: pytest.MonkeyPatch) -> None:
    """A device frees its outbox by whatever acknowledgement reaches it."""

    def obey(sender: FactSender, envelope: Any) -> None:
        ack = codec.body_of(envelope, Ack)
        if ack.seq > sender._ack:
            sender._ack = min(ack.seq, sender._source.last)
            sender._wake.set()

    own_message = Device._own_message

    def hear(device: Device, message: LinkMessage) -> None:
        if message.topic.endswith("/ack") and device.sender is not None:
            device.sender.on_ack(codec.decode(message.payload))
        else:
            own_message(device, message)

    patch.setattr(FactSender, "on_ack", obey)
    patch.setattr(Device, "_own_message", hear)


def board_with_a_name(patch: pytest.MonkeyPatch) -> None:
    """A board calls a citizen by name."""
    same = boards._same

    def named(board: ZoneBoard, shown: ZoneBoard | None) -> bool:
        return same(board, shown)

    stamp = boards.Boards._publish

    def publish(self: boards.Boards) -> None:
        make = self._board

        def with_name(zone: str) -> ZoneBoard:
            board = make(zone)
            calls = tuple(replace(call, ticket="张三") for call in board.calls[:1])
            return replace(board, calls=calls + board.calls[1:])

        self._board = with_name
        try:
            stamp(self)
        finally:
            self._board = make

    patch.setattr(boards, "_same", named)
    patch.setattr(boards.Boards, "_publish", publish)


def lost_last_will(patch: pytest.MonkeyPatch) -> None:
    """Nobody is told that a program died."""
    drop = MemoryLink.drop
    patch.setattr(MemoryLink, "drop", lambda link, *, with_will: drop(link, with_will=False))


def stale_screen_without_as_of(patch: pytest.MonkeyPatch) -> None:
    """A display shows its last numbers for ever."""
    for module in (window_scene, hall_scene):
        patch.setattr(module, "is_stale", lambda board, now: False)


def outbox_row_freed_early(patch: pytest.MonkeyPatch) -> None:
    """A row leaves the outbox once it is sent."""
    send = FactSender._send_rows

    def freeing(sender: FactSender, rows: list[Row]) -> bool:
        done = send(sender, rows)
        sender._ack = max(sender._ack, sender._sent)
        sender._wake.set()
        return done

    patch.setattr(FactSender, "_send_rows", freeing)


def right_forgotten(patch: pytest.MonkeyPatch) -> None:
    """The inventory gives the queue engine no right to ask rating pads for a grade."""

    def without(hall: Hall) -> tuple[Grant, ...]:
        return tuple(
            replace(one, publish=tuple(topic for topic in one.publish if not topic.endswith("/cmd")))
            if one.user == "queue-engine" else one for one in grants(hall)
        )  # fmt: skip

    patch.setattr(stage, "grants", without)


DEFECTS: dict[str, tuple[Defect, Iterable[str]]] = {
    "ack before commit": (ack_before_commit, ()),
    "number reuse after restart": (number_reuse_after_restart, ()),
    "rating without dedupe": (rating_without_dedupe, ("one_rating_a_visit",)),
    "uncommitted print": (uncommitted_print, ("no_ticket_lost", "no_ticket_doubled")),
    "midnight reset": (midnight_reset, ("queue_sound", "no_ticket_lost")),
    "foreign ack obeyed": (foreign_ack_obeyed, ()),
    "board with a name": (board_with_a_name, ("nothing_personal",)),
    "lost last will": (lost_last_will, ("presence_true", "nothing_old")),
    "stale screen without as-of": (stale_screen_without_as_of, ("nothing_old",)),
    "outbox row freed early": (outbox_row_freed_early, ()),
    "right forgotten": (right_forgotten, ("nothing_forbidden",)),
}
"""Each defect with the invariants one of which must catch it; none named: any."""
