"""What a hall should not hear gets a named error, a refusal or a quarantine row; nobody ends and nothing is lost."""

import random
from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from hall_rig import Rig, open_rig, until
from hall_script import Script
from hall_stores import quarantine, rows
from hall_strangers import bad_messages, damaged, insist, now, stranger, valid

from contract import topics
from contract.board import HallMode, WindowState, ZoneBoard
from contract.link import Ack, CommandDone, DeviceState, Presence
from contract.queue import CancelReason, ChoiceReason, IssueChannel, RefusalCode
from contract.queue_requests import (
    AskTicket,
    BookAppointment,
    CallReply,
    CallTicket,
    CancelTicket,
    FinishService,
    IssueTicket,
    OpenWindow,
    QueueRefused,
    StartService,
    TicketIssuedReply,
    TicketReply,
)
from contract.rating import AskRating, RatingGiven, RatingGrade
from contract.topics import Channel
from hallkit.runtime.clock import SHANGHAI
from mqtt_bridge.wire.call_pad_values import KeyCode

ISSUE = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)
NOWHERE = IssueTicket(services=("Z",), channel=IssueChannel.TOUCH)
RANDOM_MESSAGES = 10_000
LOG_BOUND = 400_000
"""Bytes all programs may log about ten thousand bad messages."""


NO_ZONE = datetime(2026, 9, 14, 9, 0)  # noqa: DTZ001 (that is what is wrong with it)
ODD_TIMES = (NO_ZONE, datetime(1, 1, 1, tzinfo=SHANGHAI), datetime(9999, 12, 31, 23, tzinfo=UTC))


class Hall:
    """A hall that has played its script once, and must play it the same after whatever it heard."""

    def __init__(self, rig: Rig) -> None:
        self.rig, self.script = rig, Script(rig)
        self.pad = rig.live.pads[1]
        self.pids: dict[str, int] = {}

    async def begin(self) -> None:
        await self.script.open()
        self.whole = await self.script.play()
        self.pids = self.rig.pids()

    def topic(self, name: str, channel: Channel) -> str:
        return self.rig.plan.hall.address(name).topic(channel)

    async def goes_on(self) -> None:
        """The same programs still run, and the script's story is what it was."""
        assert await self.script.play() == self.whole
        assert self.rig.pids() == self.pids
        assert 0 not in self.pids.values()
        self.rig.live.check()

    def foreign_acks(self) -> int:
        """Return how many acknowledgements of somebody else's facts the pad refused."""
        return self.pad.device.sender.foreign_acks if self.pad.device.sender else 0

    def faults(self) -> Counter[str]:
        """Return how often each fault stands in the hall store's quarantine."""
        return Counter(fault.partition(":")[0] for _, fault in quarantine(self.rig.run))


@pytest.mark.slow
async def test_bad_messages_on_every_channel_are_named_and_the_hall_goes_on(broker, folder):
    async with open_rig(folder, "one_window", broker) as rig:
        hall = Hall(rig)
        await hall.begin()
        link = hall.pad.device.link
        rating = RatingGiven(rating="r", service_event="e", grade=RatingGrade.GOOD, at=now())
        own = (
            (Channel.FACTS, valid("pad-01", rating, inc="inc-000", seq=1)),
            (Channel.STATE, valid("pad-01", DeviceState(presence=Presence.ONLINE, boot="b", since=now()))),
            (Channel.RESULT, valid("pad-01", CommandDone(), corr="c")),
        )
        for channel, good in own:
            for number, message in enumerate(bad_messages(good).values()):
                numbered = message.replace(b"inc-000", b"inc-%03d" % number)
                assert link.publish(hall.topic("pad-01", channel), numbered)
        request = valid("manager-1", NOWHERE, key="bad", service="queue")
        for message in bad_messages(request).values():
            assert rig.live.witness.device.link.publish(hall.topic("manager-1", Channel.REQUEST), message)
        expected = {"envelope", "oversize", "version", "identity", "type", "body"}
        await until(lambda: expected <= set(hall.faults()), "the hall store names every fault")
        await hall.goes_on()
        assert "refused a message" in rig.log("queue-engine")


@pytest.mark.slow
@pytest.mark.mosquitto
async def test_bad_messages_in_a_services_name_stop_nobody(mosquitto, folder):
    async with open_rig(folder, "one_window", mosquitto) as rig:
        hall = Hall(rig)
        await hall.begin()
        refused = "an acknowledgement was refused"
        stray = valid("queue-engine", QueueRefused(code=RefusalCode.QUEUE_FULL), corr="nobody")
        ask = _ask_rating(now())
        said = {
            "queue-engine": (lambda: "refused a message" in rig.log("display"), [
                (topics.board("demo", "A"), valid("queue-engine", rig.board("A"))),
                (hall.topic("pad-01", Channel.COMMAND), valid("queue-engine", ask, deadline=now())),
                (hall.topic("caller-01", Channel.REPLY), stray), (hall.topic("ticket-1", Channel.REPLY), stray),
            ]),
            "hall-store": (lambda: refused in rig.log("queue-engine") and hall.foreign_acks() > 0, [
                (hall.topic("queue-engine", Channel.ACK), valid("hall-store", Ack(dev="queue-engine", inc="x", seq=1))),
                (hall.topic("pad-01", Channel.ACK), valid("hall-store", Ack(dev="pad-02", inc="x", seq=1))),
            ]),
            "uplink": (lambda: rows(rig.run / "intake.db", "SELECT count(*) FROM quarantine")[0][0] > 2, [
                (hall.topic("uplink", Channel.FACTS), valid("uplink", ask, inc="x", seq=1)),
            ]),
            "intake": (lambda: refused in rig.log("bridge"), [
                (hall.topic("uplink", Channel.ACK), valid("intake", Ack(dev="uplink", inc="x", seq=1))),
                (hall.topic("uplink", Channel.REPLY), stray),
                (hall.topic("displays-1", Channel.COMMAND), valid("intake", ask, deadline=now())),
            ]),
        }  # fmt: skip
        for user, (heard, good) in said.items():
            every = [(topic, message) for topic, one in good for message in (one, *bad_messages(one).values())]
            await insist(rig, user, every, heard, f"what {user} said was refused by name")
        await hall.goes_on()


@pytest.mark.slow
async def test_times_without_a_zone_and_absurd_values_in_a_services_name_stop_nobody(folder):
    async with open_rig(folder, "one_window", "embedded") as rig:
        hall = Hall(rig)
        await hall.begin()
        board = rig.board("A")
        async with stranger(rig, "queue-engine") as engine:
            for moment in ODD_TIMES:
                wrong = ZoneBoard(
                    zone="A", business_day=board.business_day, as_of=moment, mode=HallMode.OPEN, windows=board.windows,
                    queues=board.queues, calls=board.calls,
                )  # fmt: skip
                await engine.say(topics.board("demo", "A"), valid("queue-engine", wrong))
                await engine.say(
                    hall.topic("pad-01", Channel.COMMAND), valid("queue-engine", _ask_rating(moment), deadline=moment)
                )
        for moment in ODD_TIMES:
            wrong_fact = RatingGiven(rating="r", service_event="e", grade=RatingGrade.GOOD, at=moment)
            message = valid("pad-01", wrong_fact, inc="odd", seq=1)
            assert hall.pad.device.link.publish(hall.topic("pad-01", Channel.FACTS), message)
            odd = valid("pad-01", DeviceState(presence=Presence.ONLINE, boot="b", since=moment))
            assert hall.pad.device.link.publish(hall.topic("pad-01", Channel.STATE), odd)
        await hall.goes_on()


@pytest.mark.slow
async def test_what_cannot_be_is_refused_by_name(folder):
    closed = '\n[[services]]\nid = "E"\nzone = "A"\nprefix = "E"\nname = "夜间"\nname_en = "Never now"\n'
    hour = (now().hour + 12) % 24
    closed += f'opens = "{hour:02d}:00"\ncloses = "{hour:02d}:30"\n'
    async with open_rig(folder, "one_window", "embedded", lambda text: text + closed) as rig:
        hall = Hall(rig)
        await hall.begin()
        first, second = [await rig.ask(ISSUE, f"bad-{number}") for number in range(2)]
        assert isinstance(first, TicketIssuedReply)
        assert isinstance(second, TicketIssuedReply)
        refused = [
            (IssueTicket(services=("Z",), channel=IssueChannel.TOUCH), RefusalCode.UNKNOWN_SERVICE),
            (BookAppointment(service="E", start=now() + timedelta(hours=1)), RefusalCode.SERVICE_CLOSED),
            (OpenWindow(window=77, staff="0177"), RefusalCode.UNKNOWN_WINDOW),
            (call("A999"), RefusalCode.UNKNOWN_TICKET),
            (StartService(window=1), RefusalCode.NO_TICKET_IN_HAND),
        ]
        early = await rig.ask(IssueTicket(services=("E",), channel=IssueChannel.TOUCH), "early")
        assert isinstance(early, TicketIssuedReply)
        assert early.serves_from is not None, "a ticket of a closed service says from when it is served"
        await rig.ask(CancelTicket(ticket=early.ticket, reason=CancelReason.CITIZEN), "early-cancel")
        for number, (request, code) in enumerate(refused):
            reply = await rig.ask(request, f"cannot-{number}")
            assert isinstance(reply, QueueRefused), reply
            assert reply.code is code
        await called_once(rig, first.ticket, second.ticket)
        await rig.ask(CancelTicket(ticket=second.ticket, reason=CancelReason.CITIZEN), "bad-cancel")
        await hall.goes_on()


def call(ticket: str) -> CallTicket:
    return CallTicket(window=1, ticket=ticket, reason=ChoiceReason.FRAIL)


async def called_once(rig, first: str, second: str) -> None:
    """Call and serve a ticket; every call of it afterwards, or of another under the same key, is refused by name."""
    assert isinstance(await rig.ask(call(first), "called"), CallReply)
    again = await rig.ask(call(first), "called-again")
    assert isinstance(again, QueueRefused)
    assert again.code in (RefusalCode.NOT_IN_THIS_STATE, RefusalCode.WINDOW_BUSY)
    conflict = await rig.ask(call(second), "called")
    assert isinstance(conflict, QueueRefused)
    assert conflict.code is RefusalCode.KEY_CONFLICT
    await rig.ask(StartService(window=1), "bad-start")
    await rig.ask(FinishService(window=1), "bad-finish")
    ended = await rig.ask(call(first), "called-late")
    assert isinstance(ended, QueueRefused)
    assert ended.code in (RefusalCode.NOT_IN_THIS_STATE, RefusalCode.UNKNOWN_TICKET)


@pytest.mark.slow
async def test_a_pad_cannot_speak_as_another_and_nobody_asks_without_a_right(broker, folder):
    async with open_rig(folder, "one_window", broker) as rig:
        hall = Hall(rig)
        await hall.begin()
        link, before = hall.pad.device.link, rows(rig.run / "hall-store.db", "SELECT count(*) FROM fact")
        lie = RatingGiven(rating="lie", service_event="e", grade=RatingGrade.VERY_POOR, at=now())
        for topic in (
            hall.topic("ticket-1", Channel.FACTS), hall.topic("queue-engine", Channel.FACTS), topics.board("demo", "A"),
            hall.topic("manager-1", Channel.REQUEST), "h24/v1/other/rating-pad/pad-01/ev",
            "h24/v1/demo/rating-pad/pad-01/xyz", "nonsense", "$SYS/broker/version",
        ):  # fmt: skip
            link.publish(topic, valid("pad-01", lie, inc="lie", seq=1))
        assert link.publish(hall.topic("pad-01", Channel.FACTS), valid("pad-02", lie, inc="lie", seq=1))
        assert link.publish(hall.topic("pad-01", Channel.REQUEST), valid("pad-01", ISSUE, key="k", service="queue"))
        await until(lambda: hall.faults()["identity"] == 1, "a fact in another's name is in quarantine")
        assert rows(rig.run / "hall-store.db", "SELECT count(*) FROM fact") == before
        async with stranger(rig, "ticket-1", hall.topic("ticket-1", Channel.REPLY)) as machine:
            opened = valid("ticket-1", OpenWindow(window=1, staff="0101"), key="no-right", service="queue")
            await machine.say(hall.topic("ticket-1", Channel.REQUEST), opened)
            await until(
                lambda: b"not_authorised" in b"".join(one.payload for one in machine.heard), "a refusal by name"
            )
        await hall.goes_on()


@pytest.mark.slow
async def test_a_request_without_a_key_is_answered_under_its_id_and_never_doubled(folder):
    async with open_rig(folder, "one_window", "embedded") as rig:
        hall = Hall(rig)
        await hall.begin()
        async with stranger(rig, "manager-1", hall.topic("manager-1", Channel.REPLY)) as desk:
            asked = valid("manager-1", ISSUE, service="queue")
            for _ in range(3):
                await desk.say(hall.topic("manager-1", Channel.REQUEST), asked)
            await until(lambda: len(desk.heard) == 3, "it is answered each time")
        tickets = {bytes(one.payload).partition(b'"ticket":"')[2][:4] for one in desk.heard}
        assert len(tickets) == 1
        await until(lambda: rig.live.witness.device.link.is_up, "the desk is back")
        (ticket,) = (one.decode() for one in tickets)
        assert isinstance(await rig.ask(AskTicket(ticket=ticket), "which"), TicketReply)
        await rig.ask(CancelTicket(ticket=ticket, reason=CancelReason.CITIZEN), "not-wanted")
        await hall.goes_on()


@pytest.mark.slow
@pytest.mark.mosquitto
async def test_a_garbled_field_line_loses_no_key(mosquitto, folder):
    async with open_rig(folder, "one_window", mosquitto) as rig:
        hall = Hall(rig)
        await hall.begin()
        line, pad = rig.live.hardware.pad_lines["bridge-1"], rig.call_pad(1)
        ticket = await rig.ask(ISSUE, "noisy")
        assert isinstance(ticket, TicketIssuedReply)
        line.noise = b"\xff\x00\x87\x81\x01"
        pad.garbled = True
        pad.press(KeyCode.NEXT)
        await until(
            lambda: "caller-01" in rig.log("bridge") or rig.window(1).state is WindowState.FREE, "the pad is noisy"
        )
        pad.garbled, line.noise = False, b""
        await rig.shows(1, WindowState.CALLING, ticket.ticket)
        await rig.press(1, KeyCode.START, WindowState.SERVING)
        await rig.press(1, KeyCode.FINISH, WindowState.FREE)
        await hall.goes_on()


@pytest.mark.slow
async def test_ten_thousand_random_messages_end_nothing_and_fill_no_log(broker, folder):
    async with open_rig(folder, "one_window", broker) as rig:
        hall = Hall(rig)
        await hall.begin()
        logged, chance = rig.log_size(), random.Random(24)
        desk, pad = rig.live.witness.device.link, hall.pad.device.link
        asked = (
            OpenWindow(window=77, staff="0177"), IssueTicket(services=("Z",), channel=IssueChannel.TOUCH),
            CancelTicket(ticket="A999", reason=CancelReason.CITIZEN), AskTicket(ticket="A999"),
            FinishService(window=77),
        )  # fmt: skip
        requests = [valid("manager-1", request, key="k", service="queue") for request in asked]
        rating = RatingGiven(rating="r", service_event="e", grade=RatingGrade.GOOD, at=now())
        facts = [valid("pad-01", rating, inc="x", seq=1)]
        states = [valid("pad-01", DeviceState(presence=Presence.ONLINE, boot="b", since=now()))]
        mouths = [
            (desk, hall.topic("manager-1", Channel.REQUEST), requests),
            (pad, hall.topic("pad-01", Channel.FACTS), facts),
            (pad, hall.topic("pad-01", Channel.STATE), states),
            (pad, hall.topic("pad-01", Channel.RESULT), states),
            (desk, hall.topic("ticket-1", Channel.COMMAND), requests),
        ]  # fmt: skip
        for number in range(RANDOM_MESSAGES):
            link, topic, good = mouths[number % len(mouths)]
            message = damaged(chance.choice(good), chance)
            await until(lambda link=link, topic=topic, message=message: link.publish(topic, message), "the link is up")
        await hall.goes_on()
        assert rig.log_size() - logged < LOG_BOUND
        assert sum(hall.faults().values()) > RANDOM_MESSAGES // 10


def _ask_rating(until_when: datetime) -> AskRating:
    return AskRating(service_event="e", window=1, ticket="A001", staff="0101", until=until_when)
