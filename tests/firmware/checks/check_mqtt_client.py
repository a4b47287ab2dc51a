"""The client against brokers that do what brokers, networks and attackers do: every known failure of umqtt is here."""

import asyncio

import hostile_broker as manners
from h24 import mqtt_client
from h24 import mqtt_codec as codec
from h24.mqtt_client import Account, Client
from h24.task_end import end
from hostile_broker import HostileBroker

ACCOUNT = Account("pad-03", "secret", ("h24/st", b"gone"), ["h24/cmd", "h24/ack"])


class Ears:
    """What the owner of a client hears."""

    def __init__(self, client):
        self.ups = self.downs = 0
        self.heard, self.pieces, self.refusals = [], [], []
        client.on_up, client.on_down = self._up, self._down
        client.on_message, client.on_piece = self.heard.append, self.pieces.append
        client.on_refused = self.refusals.append

    def _up(self):
        self.ups += 1

    def _down(self):
        self.downs += 1


async def until(what, seconds=30):
    for _ in range(int(seconds * 100)):
        if what():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("it never came to pass")


async def talk(broker, scene, patience=0.1, keepalive=0.4, refused_wait=60):
    """Run a client against a broker while `scene(client, ears)` watches."""
    mqtt_client.FIRST_WAIT = 0.02
    client = Client(broker.dial, ACCOUNT, lambda: 0.5, patience, keepalive, refused_wait)
    ears = Ears(client)
    packet_connect, codec.connect = codec.connect, lambda *some: packet_connect(*some[:3], 1, some[4])
    task = asyncio.create_task(client.run())
    try:
        await scene(client, ears)
    finally:
        codec.connect = packet_connect
        await end(task)


def play(scene, *manner, **options):
    async def act():
        async with HostileBroker(*manner) as broker:

            async def on_stage(client, ears):
                await scene(broker, client, ears)

            await talk(broker, on_stage, **options)

    return act()


def test_an_acknowledgement_that_never_comes_ends_in_a_new_connection_not_in_a_hang():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert not await client.publish("h24/ev", b"x", 1)
        await until(lambda: ears.ups == 2)
        assert await client.publish("h24/ev", b"x", 1)

    return play(scene, manners.deaf, manners.friendly, keepalive=5)


def test_a_publish_is_repeated_with_the_same_id_and_marked():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert await client.publish("h24/ev", b"x", 1)
        first, second = [one for one in broker.packets if one[0] >> 4 == 3]
        assert (first[0], second[0]) == (0x32, 0x3A)
        assert first[1] == second[1]

    return play(scene, manners.mute_for_publish, keepalive=5)


def test_a_broker_that_closes_after_connect_is_an_outage():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert broker.connections == 3
        assert ears.refusals == []

    return play(scene, manners.gone_after_connect, manners.gone_after_connect, manners.friendly)


def test_a_broker_that_says_nothing_is_left():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert broker.connections == 2

    return play(scene, manners.silent, manners.friendly)


def test_bad_credentials_are_told_and_not_hammered():
    async def scene(broker, client, ears):
        await until(lambda: ears.refusals == [5])
        await asyncio.sleep(0.3)
        assert (client.refusal, broker.connections, ears.ups) == (5, 1, 0)

    return play(scene, manners.refuser(5))


def test_a_refused_device_comes_back_when_it_is_wanted_again():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert (ears.refusals, client.refusal) == ([4], 0)

    return play(scene, manners.refuser(4), manners.friendly, refused_wait=0.05)


def test_a_busy_broker_is_an_outage_and_no_refusal():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        assert ears.refusals == []

    return play(scene, manners.refuser(3), manners.friendly)


def test_filters_that_are_refused_are_a_refusal():
    async def refuse_filters(broker, reader, writer):
        await broker.packet(reader)
        await manners.say(writer, manners.CONNACK)
        _, body = await broker.packet(reader)
        await manners.say(writer, b"\x90\x04" + body[:2] + b"\x01\x80")

    async def scene(broker, client, ears):
        await until(lambda: ears.refusals == [128])
        assert not client.is_up

    return play(scene, refuse_filters)


def test_a_half_open_link_is_found_by_pings_nobody_answers():
    async def scene(broker, client, ears):
        await until(lambda: ears.ups == 2)
        pings = [one for one in broker.packets if one[0] == 0xC0]
        assert len(pings) >= 3

    return play(scene, manners.deaf, manners.friendly)


def test_a_living_link_is_kept():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        await asyncio.sleep(1)
        assert (broker.connections, ears.downs) == (1, 0)

    return play(scene, manners.friendly)


def test_every_connection_subscribes_again_with_a_clean_session():
    async def scene(broker, client, ears):
        await until(lambda: ears.ups == 2)
        subscribes = [body[2:] for first, body in broker.packets if first == 0x82]
        assert len(subscribes) == 2 and subscribes[0] == subscribes[1]
        assert [body[7] & 2 for first, body in broker.packets if first == 0x10] == [2, 2]

    return play(scene, manners.deaf, manners.friendly)


def test_packet_ids_go_round_without_nought_and_without_those_on_their_way():
    client = Client(None, ACCOUNT, lambda: 0.5)
    client._pid = 65533
    client._acks = {65535: None, 1: None}
    assert [client._next_pid() for _ in range(3)] == [65534, 2, 3]


def test_no_more_than_eight_messages_wait_for_acknowledgement():
    async def scene(broker, client, ears):
        await until(lambda: client.is_up)
        tasks = [asyncio.create_task(client.publish("t", b"x", 1)) for _ in range(20)]
        await asyncio.sleep(0.05)
        assert len(client._acks) == 8
        for task in tasks:
            assert not await task

    return play(scene, manners.deaf, keepalive=5)


def test_a_retained_message_says_that_it_is():
    async def scene(broker, client, ears):
        await until(lambda: len(ears.heard) == 2)
        assert [(one.topic, one.payload, one.retain) for one in ears.heard] == [("a", b"1", True), ("b", b"2", False)]
        await until(lambda: (0x40, b"\x00\x07") in broker.packets)

    return play(scene, manners.sayer(codec.publish("a", b"1", 0, 0, True) + codec.publish("b", b"2", 1, 7)))


def test_a_message_before_the_suback_is_heard():
    async def eager(broker, reader, writer):
        await broker.packet(reader)
        await manners.say(writer, manners.CONNACK)
        _, body = await broker.packet(reader)
        await manners.say(writer, codec.publish("h24/ack", b"early", 1, 3, True))
        await manners.say(writer, b"\x90\x04" + body[:2] + b"\x01\x01")
        while True:
            await broker.packet(reader)

    async def scene(broker, client, ears):
        await until(lambda: client.is_up and ears.heard)
        assert ears.heard[0].payload == b"early"

    return play(scene, eager, keepalive=5)


def test_a_message_too_long_is_handed_on_in_pieces_and_acknowledged():
    async def scene(broker, client, ears):
        await until(lambda: ears.pieces and ears.pieces[-1].is_last)
        assert b"".join([one.payload for one in ears.pieces]) == b"z" * 5000
        assert max([len(one.payload) for one in ears.pieces]) <= 512
        await until(lambda: (0x40, b"\x00\x09") in broker.packets)
        await until(lambda: ears.heard)

    long = codec.publish("board", b"z" * 5000, 1, 9)
    return play(scene, manners.sayer(long + codec.publish("a", b"after", 0)))


NONSENSE = (
    b"\x00\x00",
    b"\xf0\x00",
    b"\x20\x02\x00\x00",
    b"\x90\x03\x00\x01\x01",
    b"\x30\x00",
    b"\x30\x01\x00",
    b"\x36\x05\x00\x01a\x00\x01",
    b"\x34\x05\x00\x01a\x00\x01",
    b"\x32\x05\x00\x01a\x00\x00",
    b"\x30\x03\x00\x01+",
    b"\x30\x04\x00\x09ab",
    b"\xd0\x01\x00",
    b"\x40\x03\x00\x01\x00",
    b"\x41\x02\x00\x01",
    b"\x30\xff\xff\xff\xff\x7f",
    b"\x30\x04\x00\x02\xff\xfe",
    b"\x40\xff\x7f",
    b"\x38\x03\x00\x01a",
    b"\x30\xff\xff\xff\x7f\xff\xff",
)


def test_every_kind_of_malformed_packet_ends_the_connection_and_the_next_one_works():
    async def scene(broker, client, ears):
        await until(lambda: broker.connections == len(NONSENSE) + 1 and client.is_up, 20)
        assert "Protocol" in client.last_error

    nonsense = [manners.sayer(one) for one in NONSENSE]
    mqtt_client.LONGEST_WAIT = 0.02
    return play(scene, *(nonsense + [manners.friendly]), keepalive=5)


def test_a_publish_while_down_says_so():
    async def act():
        client = Client(None, ACCOUNT, lambda: 0.5)
        assert not await client.publish("t", b"x", 1)
        assert not await client.publish("t", b"x")

    return act()
