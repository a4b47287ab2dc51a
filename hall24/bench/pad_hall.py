"""A hall for one board under mutual TLS: certificates of its own authority, mosquitto with rights, engine and store."""

import asyncio
import random
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from cryptography.x509 import load_der_x509_certificate

from contract import codec, topics
from contract.body import Command, Result
from contract.topics import Channel
from firmware.flasher.core.authority import Authority, issue, new_authority
from hall24.bench.errors import BenchError
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import hash_password
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.runtime.store import open_database
from hallkit.runtime.writer import ThreadWriter
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.service import StoreService

HALL, HOST, PASSWORD = "bench", "localhost", "secret"
PAD = topics.address(HALL, "rating-pad", "pad-03")
ENGINE = topics.address(HALL, "queue-engine", "engine")
STORE = topics.address(HALL, "bridge", "store")
CLOCK = SystemClock()
PATIENCE = 60.0


class Certificates:
    """An authority's files in a folder: for each name PEM for programs and DER for boards."""

    def __init__(self, folder: Path, names: tuple[str, ...] = (HOST, PAD.name, ENGINE.name, STORE.name)) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        authority = new_authority(HALL, CLOCK.now(), 1)
        self.ca = folder / "authority.pem"
        self.ca.write_bytes(authority.pem())
        self.ca.with_suffix(".der").write_bytes(authority.der())
        for serial, name in enumerate(names, 2):
            self._write(authority, name, serial)

    def server(self) -> TlsFiles:
        """Return the broker's files; it lets in nobody without a certificate."""
        return TlsFiles(str(self.folder / f"{HOST}.pem"), str(self.folder / f"{HOST}.key"), str(self.ca))

    def client(self, name: str) -> ssl.SSLContext:
        """Return the TLS of one of the hall's programs."""
        context = ssl.create_default_context(cafile=self.ca)
        context.load_cert_chain(self.folder / f"{name}.pem", self.folder / f"{name}.key")
        return context

    def board(self, name: str, *, is_der: bool) -> dict[str, str]:
        """Return the `tls` table of a board's settings."""
        ends = (".der", ".key.der") if is_der else (".pem", ".key")
        return {
            "server_name": HOST,
            "authority": str(self.ca.with_suffix(ends[0])),
            "certificate": str(self.folder / f"{name}{ends[0]}"),
            "key": str(self.folder / f"{name}{ends[1]}"),
        }

    def _write(self, authority: Authority, name: str, serial: int) -> None:
        found = issue(authority, HALL, name, CLOCK.now(), serial, is_server=name == HOST)
        certificate, key = load_der_x509_certificate(found.certificate), load_der_private_key(found.key, None)
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        (self.folder / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
        (self.folder / f"{name}.key").write_bytes(pem)
        (self.folder / f"{name}.der").write_bytes(found.certificate)
        (self.folder / f"{name}.key.der").write_bytes(found.key)


def rights() -> list[Grant]:
    """Return what pad, engine and store may write and read, by name."""
    own = tuple(PAD.topic(one) for one in (Channel.FACTS, Channel.STATE, Channel.RESULT))
    hears = tuple(PAD.topic(one) for one in (Channel.REPLY, Channel.COMMAND, Channel.ACK))
    seen = tuple(PAD.topic(one) for one in (Channel.STATE, Channel.RESULT))
    replies = tuple(ENGINE.topic(one) for one in (Channel.REPLY, Channel.COMMAND))
    store = tuple(STORE.topic(one) for one in (Channel.REPLY, Channel.COMMAND))
    return [
        Grant(PAD.name, own, hears),
        Grant(ENGINE.name, (PAD.topic(Channel.COMMAND), ENGINE.topic(Channel.STATE)), (*replies, *seen)),
        Grant(STORE.name, (PAD.topic(Channel.ACK), STORE.topic(Channel.STATE)), (*store, PAD.topic(Channel.FACTS))),
    ]


class PadHall:
    """Engine and store around one pad."""

    def __init__(self, broker: OpenBroker, certificates: Certificates, folder: Path) -> None:
        links = mqtt_links(HOST, broker.port, random.Random(1), certificates.client)
        self.broker = broker
        self._results: asyncio.Queue[Result] = asyncio.Queue()
        self.online = asyncio.Event()
        hear = {PAD.topic(Channel.RESULT): self._result, PAD.topic(Channel.STATE): lambda _: self.online.set()}
        self.engine = Device(ENGINE, PASSWORD, links=links, clock=CLOCK, chance=random.Random(2), hear=hear)
        self.store = HallStore(open_database(folder / "hall.db"), HALL, "store-inc")
        self.writer = ThreadWriter("bench store")
        self.keeper = StoreService(
            self.store, self.writer, STORE, PASSWORD, [PAD], links=links, clock=CLOCK, chance=random.Random(3)
        )

    def _result(self, message: LinkMessage) -> None:
        self._results.put_nowait(codec.body_of(codec.decode(message.payload), Result))

    async def command(self, body: Command) -> Result:
        """Command the pad and wait for its answer."""
        data = self.engine.postmark.stamp(body, deadline=CLOCK.now() + timedelta(seconds=30))
        self.engine.link.publish(PAD.topic(Channel.COMMAND), data, qos=1)
        async with asyncio.timeout(PATIENCE):
            return await self._results.get()


@asynccontextmanager
async def pad_hall(folder: Path, certificates: Certificates) -> AsyncIterator[PadHall]:
    """Run the hall while entered; raise BenchError if its programs do not reach their broker."""
    hashes = {one.user: hash_password(PASSWORD.encode(), b"0" * 12, 101) for one in rights()}
    async with open_broker("mosquitto", rights(), hashes, host="127.0.0.1", tls=certificates.server()) as broker:
        made = PadHall(broker, certificates, folder)
        tasks = [asyncio.ensure_future(run()) for run in (made.engine.run, made.keeper.run)]
        try:
            await _both_up(made)
            yield made
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            made.writer.close()


async def _both_up(made: PadHall) -> None:
    try:
        async with asyncio.timeout(PATIENCE):
            while not (made.engine.link.is_up and made.keeper.device.link.is_up):  # noqa: ASYNC110 - from outside
                await asyncio.sleep(0.02)
    except TimeoutError as error:
        raise BenchError("engine and store do not reach their broker over TLS; look at mosquitto's log") from error
