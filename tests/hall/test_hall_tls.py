"""A hall whose programs and broker speak TLS, and what is said when certificates are wrong."""

import asyncio
import random
import secrets
import tomllib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from hall_rig import open_rig, until
from throwaway_ca import Authority

from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from contract.topics import Channel
from hall24.doctor.devices import check_devices
from hall24.presets import one_window
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.passwords import hash_password
from hallkit.broker.server import server_context
from hallkit.codecs.mqtt import Connack, Connect, ConnectCode, Decoder, Publish, Suback, Subscribe, encode
from hallkit.errors import ConfigError
from hallkit.inventory.grants import boards, grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import users
from hallkit.inventory.tls import client_tls, server_tls
from hallkit.runtime.config import parse
from hallkit.runtime.link import Link, LinkMessage, LinkSetup
from hallkit.runtime.mqtt_link import mqtt_links

PATIENCE = 30.0
PASSWORD = "secret"
EXPIRED = timedelta(days=-1)


def hall_with(authority: Authority | None, *, clients: bool = False, **more: object) -> Hall:
    """Return the smallest hall with the files of an authority in its file; `more` are keys of [broker]."""
    lines = [f'{name} = "{value}"' for name, value in more.items()]
    if authority is not None:
        lines += [f'tls_ca = "{authority.certificate}"']
        lines += [f'tls_clients = "{authority.folder}"'] * clients
    text = one_window().replace("[broker]\n", "[broker]\n" + "\n".join(lines) + "\n")
    return parse(tomllib.loads(text), Hall)


def served_by(authority: Authority, *, clients: bool = False, ends: timedelta | None = None, host: str = "127.0.0.1"):
    pair = authority.issue("broker", host, *([ends] if ends else []))
    return hall_with(authority, clients=clients, tls_certificate=pair[0], tls_key=pair[1])


@asynccontextmanager
async def serving(hall: Hall, kind: str) -> AsyncIterator[OpenBroker]:
    hashes = {user: hash_password(PASSWORD.encode(), secrets.token_bytes(12), 101) for user in users(hall)}
    async with open_broker(kind, grants(hall), hashes, is_separate=True, tls=server_tls(hall)) as opened:
        yield opened


class Hearer:
    """Whoever owns a link in this test."""

    def __init__(self) -> None:
        self.heard: list[LinkMessage] = []
        self.is_up = False

    def on_message(self, message: LinkMessage) -> None:
        self.heard.append(message)

    def on_up(self) -> None:
        self.is_up = True

    def on_down(self) -> None:
        self.is_up = False


@asynccontextmanager
async def linked(hall: Hall, place: OpenBroker, user: str, *filters: str) -> AsyncIterator[tuple[Link, Hearer]]:
    hearer = Hearer()
    links = mqtt_links(place.host, place.port, random.Random(1), client_tls(hall))
    link = links(LinkSetup(user, PASSWORD, filters), hearer)
    task = asyncio.ensure_future(link.run())
    try:
        yield link, hearer
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def trouble(hall: Hall, place: OpenBroker) -> str:
    """Return what a program of `hall` says of the broker; it never gets in."""
    async with linked(hall, place, "pad-01") as (link, hearer):
        await until(lambda: link.trouble != "", "the link says why", PATIENCE)
        assert not hearer.is_up
        return link.trouble


@pytest.mark.parametrize("clients", [False, True])
async def test_programs_with_the_halls_authority_talk(broker: str, folder: Path, clients: bool) -> None:
    authority = Authority(folder / "tls")
    hall = served_by(authority, clients=clients)
    for user in ("queue-engine", "intake"):
        authority.issue(user)
    topics = [hall.address("intake").topic(Channel.REPLY), *boards(hall)]
    async with (
        serving(hall, broker) as place,
        linked(hall, place, "queue-engine") as (engine, sender),
        linked(hall, place, "intake", *boards(hall)) as (_, early),
    ):
        await until(lambda: sender.is_up and early.is_up, "both are let in", PATIENCE)
        for number in range(300):
            assert engine.publish(topics[1], b"%d" % number, qos=1, retain=True)
        await until(lambda: len(early.heard) == 300, "everything is heard at once, not at the next ping", PATIENCE)
        async with linked(hall, place, "intake", *boards(hall)) as (_, late):
            await until(lambda: [one.payload for one in late.heard] == [b"299"], "what was kept is heard", PATIENCE)


async def test_what_came_in_one_piece_is_heard_at_once(folder: Path) -> None:
    """Two packets in one TLS record: the second wakes no loop, for the socket has been read."""
    authority = Authority(folder / "tls")
    hall = served_by(authority)
    files = server_tls(hall)
    assert files is not None
    topic = boards(hall)[0]

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        decoder = Decoder()
        while data := await reader.read(4096):
            for packet in decoder.feed(data):
                if isinstance(packet, Connect):
                    writer.write(encode(Connack(ConnectCode.ACCEPTED)))
                if isinstance(packet, Subscribe):
                    writer.write(encode(Suback(packet.packet_id, (1,))) + encode(Publish(topic, b"board", 0, True)))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=server_context(files))
    place = OpenBroker("url", "127.0.0.1", server.sockets[0].getsockname()[1], True)
    async with server, linked(hall, place, "pad-01", topic) as (_, hearer):
        await until(lambda: hearer.is_up, "the link is up", PATIENCE)
        await until(lambda: len(hearer.heard) == 1, "the board is heard before the next ping", 2.0)


async def test_a_program_with_another_authority_is_told_so(broker: str, folder: Path) -> None:
    hall, stranger = served_by(Authority(folder / "tls")), hall_with(Authority(folder / "other", "other"))
    async with serving(hall, broker) as place:
        assert "a certificate our authority did not sign: give broker.tls_ca the hall's own" in await trouble(
            stranger, place
        )


async def test_a_program_that_speaks_in_clear_to_a_tls_port_is_told_so(broker: str, folder: Path) -> None:
    async with serving(served_by(Authority(folder / "tls")), broker) as place:
        assert "if its port is for TLS, set broker.tls_ca" in await trouble(hall_with(None), place)


async def test_a_program_that_speaks_tls_to_a_plain_port_is_told_so(broker: str, folder: Path) -> None:
    async with serving(hall_with(None), broker) as place:
        said = await trouble(hall_with(Authority(folder / "tls")), place)
        assert "does not answer our TLS" in said


async def test_a_broker_that_wants_certificates_lets_nobody_in_without(broker: str, folder: Path) -> None:
    authority = Authority(folder / "tls")
    async with serving(served_by(authority, clients=True), broker) as place:
        assert "wants a client certificate" in await trouble(hall_with(authority), place)


async def test_a_certificate_that_has_ended_is_told_with_the_clock(broker: str, folder: Path) -> None:
    hall = served_by(Authority(folder / "tls"), ends=EXPIRED)
    async with serving(hall, broker) as place:
        assert "not valid today: check this machine's clock" in await trouble(hall, place)


async def test_a_certificate_for_another_address_is_refused(broker: str, folder: Path) -> None:
    hall = served_by(Authority(folder / "tls"), host="192.0.2.1")
    async with serving(hall, broker) as place:
        assert "for another name" in await trouble(hall, place)


async def test_doctor_says_the_same(mosquitto: str, folder: Path) -> None:
    authority = Authority(folder / "tls")
    async with serving(served_by(authority), mosquitto) as place:
        stranger = hall_with(Authority(folder / "other", "other"), host=place.host)
        said = [one async for one in check_devices(_at(stranger, place), {"pad-01": PASSWORD})]
    assert any("pad-01" in one.subject and "did not sign" in one.found for one in said)


@pytest.mark.parametrize(
    ("keys", "fault"),
    [
        ({"tls_key": "x.key"}, "broker.tls_key: has no meaning without broker.tls_ca"),
        ({"tls_ca": "no.pem"}, "broker.tls_ca: no.pem: "),
        ({"mode": "mqtt://broker:1883", "tls_ca": "no.pem"}, "speaks no TLS; write mqtts://"),
    ],
)
def test_a_fault_of_the_files_is_told_with_its_key(keys: dict[str, str], fault: str) -> None:
    with pytest.raises(ConfigError, match=fault):
        client_tls(hall_with(None, **keys))


def test_a_broker_with_tls_needs_its_own_pair(folder: Path) -> None:
    with pytest.raises(ConfigError) as told:
        server_tls(hall_with(Authority(folder / "tls")))
    assert str(told.value).splitlines() == [
        "broker.tls_certificate: a broker with tls_ca needs it",
        "broker.tls_key: a broker with tls_ca needs it",
    ]


def test_a_user_without_a_certificate_is_named(folder: Path) -> None:
    tls = client_tls(hall_with(Authority(folder / "tls"), clients=True))
    assert tls is not None
    with pytest.raises(ConfigError, match=r"broker.tls_clients: .*pad-01.pem"):
        tls("pad-01")


@pytest.mark.slow
@pytest.mark.mosquitto
@pytest.mark.timeout(300)
async def test_a_whole_hall_with_client_certificates_gives_tickets(mosquitto: str, folder: Path) -> None:
    authority = Authority(folder / "tls")
    certificate, key = authority.issue("broker")
    for user in users(parse(tomllib.loads(one_window()), Hall)):
        authority.issue(user)
    lines = f'tls_ca = "{authority.certificate}"\ntls_certificate = "{certificate}"\ntls_key = "{key}"\n'
    lines += f'tls_clients = "{authority.folder}"\n'
    async with open_rig(
        folder, "one_window", mosquitto, lambda text: text.replace("[broker]\n", "[broker]\n" + lines)
    ) as rig:
        assert rig.live.broker.has_tls
        reply = await rig.ask(IssueTicket(services=("A",), channel=IssueChannel.TOUCH), "one")
        assert isinstance(reply, TicketIssuedReply)


def _at(hall: Hall, place: OpenBroker) -> Hall:
    text = one_window(port=place.port).replace("[broker]\n", f'[broker]\ntls_ca = "{hall.broker.tls_ca}"\n')
    return parse(tomllib.loads(text), Hall)
