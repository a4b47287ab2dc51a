"""`hall24 devices` against a broker with the hall's own rights: it sees states, and nothing else."""

import asyncio
import random
from collections.abc import AsyncIterator

import pytest

from contract.topics import Channel
from hall24.devices import health_of, hear
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.passwords import hash_password
from hallkit.errors import ConfigError, HallkitError
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import DeviceEntry, Hall, HallTable, WindowEntry, ZoneEntry
from hallkit.inventory.start import Start
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.mqtt_link import mqtt_links


def hall(*kinds: str) -> Hall:
    devices = tuple(
        DeviceEntry(kind=kind, name=f"{kind}-1", window=3 if kind == "rating-pad" else None) for kind in kinds
    )
    zones, windows = (
        (ZoneEntry(id="A", name="综合", name_en="General"),),
        (WindowEntry(number=3, zone="A", services=()),),
    )
    return Hall(hall=HallTable(name="demo", title="示例"), zones=zones, services=(), windows=windows, devices=devices)


HALL = hall("rating-pad", "sensor", "technician-desk")


@pytest.fixture
async def broker() -> AsyncIterator[OpenBroker]:
    rights = grants(HALL)
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in rights}
    async with open_broker("embedded", rights, hashes) as made:
        yield made


def share(broker: OpenBroker, of: Hall = HALL) -> Start:
    chance = random.Random(1)
    passwords = {one.name: "secret" for one in of.devices}
    return Start(of, passwords, SystemClock(), chance, mqtt_links(broker.host, broker.port, chance))


async def test_whoever_is_there_and_whoever_is_not_stands_in_the_table(broker: OpenBroker) -> None:
    links = mqtt_links(broker.host, broker.port, random.Random(2))
    pad = Device(
        HALL.address("rating-pad-1"),
        "secret",
        links=links,
        clock=SystemClock(),
        chance=random.Random(3),
        version="0.1.0",
    )
    running = asyncio.create_task(pad.run())
    try:
        async with asyncio.timeout(30):
            states: dict[str, bytes] = {}
            while not states:
                states = await hear(share(broker), 10)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    there, away = health_of(HALL, states, ())

    assert (there.device, there.presence, there.version, there.worries) == ("rating-pad-1", "online", "0.1.0", ())
    assert (away.device, away.presence) == ("sensor-1", "unheard")


async def test_a_hall_without_a_technicians_desk_is_told_what_to_add(broker: OpenBroker) -> None:
    with pytest.raises(ConfigError, match="technician-desk"):
        await hear(share(broker, hall("rating-pad")), 5)


async def test_a_broker_that_is_away_is_told() -> None:
    chance = random.Random(1)
    away = Start(HALL, {"technician-desk-1": "secret"}, SystemClock(), chance, mqtt_links("127.0.0.1", 1, chance))
    with pytest.raises(HallkitError, match="broker"):
        await hear(away, 1)


def test_a_technicians_desk_reads_states_and_writes_nobody_elses_topic() -> None:
    (right,) = [one for one in grants(HALL) if one.user == "technician-desk-1"]
    own = HALL.address("technician-desk-1")

    assert HALL.address("rating-pad-1").topic(Channel.STATE) in right.subscribe
    assert HALL.address("rating-pad-1").topic(Channel.FACTS) not in right.subscribe
    assert all(topic.startswith(own.topic(Channel.STATE).rsplit("/", 1)[0]) for topic in right.publish)
