"""A board gets its place, keeps it through a broken run, hands it over, and works in it."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import pytest
from cryptography.x509 import IPAddress, SubjectAlternativeName, load_pem_x509_certificate
from esp32_rig import until
from pad_bench import strips

from contract import codec, topics
from contract.link import DeviceState, Presence
from contract.topics import Channel
from firmware.flasher.app.provision import Choice, Place, provision
from firmware.flasher.core import register
from firmware.flasher.drivers import release
from firmware.flasher.drivers.authority_store import AuthorityStore
from firmware.flasher.drivers.mpremote import Mpremote
from firmware.flasher.errors import FlasherError, PlaceError
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.passwords import hash_password
from hallkit.runtime.clock import SHANGHAI, SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.serve import serve
from simulators import raw_repl_board
from simulators.raw_repl_board import SimulatedBoard

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)
PAD = topics.address("demo", "rating-pad", "pad-03")
DESK = topics.address("demo", "manager-desk", "desk")


def place(name: str = "pad-03", **more: object) -> Place:
    settings = {
        "hall": "demo",
        "kind": "rating-pad",
        "name": name,
        "password": "secret",
        "version": "0.1.0",
        "window": 3,
    }
    return Place({**settings, **more})


@pytest.fixture
def store(tmp_path: Path) -> AuthorityStore:
    days = iter(range(1000))
    return AuthorityStore(tmp_path / "authority", "demo", lambda: NOW + timedelta(days=next(days)))


@pytest.fixture
async def board(micropython: str, tmp_path: Path) -> AsyncIterator[SimulatedBoard]:
    (tmp_path / "flash").mkdir()
    made = SimulatedBoard(tmp_path / "flash", micropython)
    async with serve(f"pty:{tmp_path / 'port'}", partial(raw_repl_board.serve, made)):
        yield made


async def test_a_board_is_provisioned_and_the_key_lies_on_it_alone(
    board: SimulatedBoard, store: AuthorityStore, tmp_path: Path
) -> None:
    entry = await provision(place(), str(tmp_path / "port"), store, lambda: NOW, Choice(locks=tmp_path))

    assert json.loads((board.folder / "settings.json").read_text())["name"] == "pad-03"
    assert (board.folder / "board.id").read_text() == entry.board
    key = (board.folder / "tls" / "key.der").read_bytes()
    assert key not in b"".join(one.read_bytes() for one in (tmp_path / "authority").iterdir())
    assert register.standing(store.entries(), "pad-03") == entry
    assert {one.stat().st_mode & 0o077 for one in (tmp_path / "authority").iterdir()} == {0}


def test_the_broker_is_certified_by_its_address(store: AuthorityStore) -> None:
    certificate, key = store.certify_server("192.0.2.10")
    found = load_pem_x509_certificate(certificate.read_bytes())

    found.verify_directly_issued_by(store.authority().certificate)
    assert key.stat().st_mode & 0o077 == 0
    (names,) = [one.value for one in found.extensions if isinstance(one.value, SubjectAlternativeName)]
    assert [str(one) for one in names.get_values_for_type(IPAddress)] == ["192.0.2.10"]


async def test_a_broken_run_changes_nothing_and_the_same_run_mends_it(
    board: SimulatedBoard, store: AuthorityStore, tmp_path: Path
) -> None:
    run = partial(provision, place(), str(tmp_path / "port"), store, lambda: NOW, Choice(locks=tmp_path))
    first = await run()
    board.rots = "bundle.z"
    with pytest.raises(FlasherError):
        await run()
    assert register.standing(store.entries(), "pad-03") == first
    second = await run()

    assert (second.board, register.standing(store.entries(), "pad-03")) == (first.board, second)
    assert [one.serial for one in register.revoked(store.entries())] == [first.serial]


async def test_another_board_takes_the_place_only_as_a_swap_and_starts_a_new_outbox(
    board: SimulatedBoard, store: AuthorityStore, tmp_path: Path
) -> None:
    port = str(tmp_path / "port")
    await provision(place(), port, store, lambda: NOW, Choice(locks=tmp_path))
    (board.folder / "board.id").write_text("0123456789ab")
    (board.folder / "outbox").mkdir()
    (board.folder / "outbox" / "000001").write_bytes(b"facts of the board before")
    with pytest.raises(PlaceError, match="--swap"):
        await provision(place(), port, store, lambda: NOW, Choice(locks=tmp_path))
    await provision(place(), port, store, lambda: NOW, Choice(swap=True, locks=tmp_path))

    assert not (board.folder / "outbox").exists()
    standing = register.standing(store.entries(), "pad-03")
    assert standing is not None
    assert standing.board == "0123456789ab"


async def test_a_board_that_may_hold_another_pads_facts_is_left_alone(
    board: SimulatedBoard, store: AuthorityStore, tmp_path: Path
) -> None:
    port = str(tmp_path / "port")
    await provision(place("pad-02"), port, store, lambda: NOW, Choice(locks=tmp_path))
    (board.folder / "outbox").mkdir()
    with pytest.raises(PlaceError, match="pad-02"):
        await provision(place(), port, store, lambda: NOW, Choice(locks=tmp_path))
    assert (board.folder / "outbox").is_dir()
    await provision(place(), port, store, lambda: NOW, Choice(forget=True, locks=tmp_path))

    assert not (board.folder / "outbox").exists()
    assert register.standing(store.entries(), "pad-02") is None


@pytest.fixture
async def broker() -> AsyncIterator[OpenBroker]:
    grants = [
        Grant(PAD.name, tuple(PAD.topic(one) for one in (Channel.FACTS, Channel.STATE, Channel.RESULT)),
              (*(PAD.topic(one) for one in (Channel.REPLY, Channel.COMMAND, Channel.ACK)), topics.board("demo", "A"))),
        Grant(DESK.name, (DESK.topic(Channel.STATE),),
              (DESK.topic(Channel.REPLY), DESK.topic(Channel.COMMAND), PAD.topic(Channel.STATE))),
    ]  # fmt: skip
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in grants}
    async with open_broker("embedded", grants, hashes) as made:
        yield made


async def test_a_provisioned_pad_starts_its_program_and_comes_online(
    board: SimulatedBoard, store: AuthorityStore, broker: OpenBroker, tmp_path: Path
) -> None:
    states: list[DeviceState] = []

    def hear(message: LinkMessage) -> None:
        states.append(codec.body_of(codec.decode(message.payload), DeviceState))

    links = mqtt_links(broker.host, broker.port, random.Random(1))
    chance = random.Random(2)
    desk = Device(
        DESK, "secret", links=links, clock=SystemClock(), chance=chance, hear={PAD.topic(Channel.STATE): hear}
    )
    running = asyncio.create_task(desk.run())
    port = str(tmp_path / "port")
    there = {"broker_host": broker.host, "broker_port": broker.port, "strips": "/pad.strips", "root": "", "zone": "A"}
    full = Place(place(**there).settings, {"/pad.strips": strips()})
    try:
        await Mpremote(port).install(release.files(), lambda _: None)
        await provision(full, port, store, lambda: NOW, Choice(locks=tmp_path))
        await until(lambda: any(one.presence is Presence.ONLINE for one in states))
        await Mpremote(port).install({"/note": b"interrupted and read back"}, lambda _: None)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)

    assert states[-1].version == "0.1.0"
    assert (board.folder / "note").read_bytes() == b"interrupted and read back"
