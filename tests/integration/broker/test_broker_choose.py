"""Choosing, starting, killing and re-arming a broker."""

import asyncio
import datetime
import os
import signal
import ssl
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import psutil
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes as digests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from hallkit.broker import choose
from hallkit.broker.acl import Acl, Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.errors import BrokerMissingError, BrokerStartError
from hallkit.broker.mosquitto import MosquittoProcess
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import Passwords
from hallkit.broker.server import Broker
from hallkit.codecs.mqtt import ConnectCode
from hallkit.errors import ConfigError

Join = Callable[..., Awaitable[Any]]
Grants = tuple[Grant, ...]
Hashes = dict[str, str]

pytestmark = pytest.mark.network

PAD = "h24/v1/h1/rating_pad/pad1"


@pytest.fixture(params=["in process", "own process", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
def way(request: pytest.FixtureRequest) -> dict[str, Any]:
    if request.param == "mosquitto":
        request.getfixturevalue("needs_mosquitto")
        return {"mode": "mosquitto"}
    return {"mode": "embedded", "is_separate": request.param == "own process"}


async def test_a_killed_broker_comes_back_on_its_port_without_a_past(
    way: dict[str, Any], stranger: Join, grants: Grants, hashes: Hashes
) -> None:
    async with open_broker(way.pop("mode"), grants, hashes, **way) as broker:
        pad = await stranger(broker.port)
        assert await pad.connect("pad1") is ConnectCode.ACCEPTED
        assert await pad.publish(f"{PAD}/st", b"ready", retain=True)
        assert broker.control is not None
        await broker.control.kill()
        await pad.closed()
        with pytest.raises(ConnectionRefusedError):
            await stranger(broker.port)
        await broker.control.start()
        watch = await stranger(broker.port)
        assert await watch.connect("watch") is ConnectCode.ACCEPTED
        assert await watch.subscribe("h24/#") == (1,)
        assert watch.heard == []
    await watch.closed()


async def test_auto_takes_mosquitto_where_there_is_one(
    grants: Grants, hashes: Hashes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(choose, "find_mosquitto", lambda: None)
    async with open_broker("auto", grants, hashes) as broker:
        assert broker.kind == "embedded"


@pytest.mark.mosquitto
async def test_auto_and_mosquitto_mean_the_same_where_it_is_installed(
    needs_mosquitto: None, grants: Grants, hashes: Hashes
) -> None:
    async with open_broker("auto", grants, hashes) as broker:
        assert broker.kind == "mosquitto"


async def test_a_url_names_a_broker_that_already_runs(grants: Grants, hashes: Hashes) -> None:
    async with open_broker("mqtt://broker.hall:1884", grants, hashes) as broker:
        assert broker == OpenBroker("url", "broker.hall", 1884)
    async with open_broker("mqtts://broker.hall", grants, hashes) as broker:
        assert broker == OpenBroker("url", "broker.hall", 8883, True)


@pytest.mark.parametrize(
    "mode", ["", "rabbit", "http://x", "mqtt://", "mqtt://x:notaport", "mqtt://a:b@x", "mqtt://x/y"]
)
async def test_another_mode_is_a_fault_of_the_configuration(mode: str, grants: Grants, hashes: Hashes) -> None:
    with pytest.raises(ConfigError, match="broker"):
        async with open_broker(mode, grants, hashes):
            pass


async def test_a_taken_port_is_reported(grants: Grants, hashes: Hashes) -> None:
    async with Broker(Acl(grants), Passwords(hashes).identify) as first:
        with pytest.raises(BrokerStartError, match="free the port"):
            async with Broker(Acl(grants), Passwords(hashes).identify, port=first.port):
                pass


@pytest.mark.mosquitto
async def test_a_mosquitto_that_cannot_listen_is_reported_with_its_last_words(
    needs_mosquitto: None, grants: Grants, hashes: Hashes
) -> None:
    async with Broker(Acl(grants), Passwords(hashes).identify) as first:
        with pytest.raises(BrokerStartError):
            async with MosquittoProcess(grants, hashes, port=first.port):
                pass


def test_a_missing_mosquitto_is_named(grants: Grants, hashes: Hashes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hallkit.broker.mosquitto.find_mosquitto", lambda: None)
    with pytest.raises(BrokerMissingError, match="install"):
        MosquittoProcess(grants, hashes)


@pytest.mark.mosquitto
async def test_mosquitto_gives_up_root_and_keeps_its_files_to_itself(
    needs_mosquitto: None, grants: Grants, hashes: Hashes
) -> None:
    async with MosquittoProcess(grants, hashes) as broker:
        directory = broker.directory
        assert directory.stat().st_mode & 0o077 == 0
        assert all(path.stat().st_mode & 0o077 == 0 for path in directory.iterdir() if path.name != "output")
        assert broker.pid is not None
        if os.geteuid() == 0:
            assert psutil.Process(broker.pid).uids().effective != 0
        assert "running" in broker.log()
    assert not directory.exists()


async def test_a_device_struck_off_loses_its_place_at_once(
    way: dict[str, Any], stranger: Join, grants: Grants, hashes: Hashes
) -> None:
    async with open_broker(way.pop("mode"), grants, hashes, **way) as broker:
        assert broker.control is not None
        stays, goes = await stranger(broker.port), await stranger(broker.port)
        assert await stays.connect("pad1") is ConnectCode.ACCEPTED
        assert await goes.connect("pad2") is ConnectCode.ACCEPTED
        left = tuple(grant for grant in grants if grant.user != "pad2")
        known = {user: hashed for user, hashed in hashes.items() if user != "pad2"}
        broker.control.replace(left, known)
        await goes.closed()
        again = await stranger(broker.port)
        assert await again.connect("pad2") is not ConnectCode.ACCEPTED
        assert await stays.publish(f"{PAD}/ev", b"x")


def _certificate(directory: Path) -> TlsFiles:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    builder = builder.serial_number(x509.random_serial_number()).add_extension(names, critical=False)
    builder = builder.not_valid_before(now - datetime.timedelta(days=1)).not_valid_after(
        now + datetime.timedelta(days=1)
    )
    certificate = builder.add_extension(x509.BasicConstraints(True, None), True).sign(key, digests.SHA256())
    paths = TlsFiles(str(directory / "certificate.pem"), str(directory / "key.pem"))
    Path(paths.certificate).write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    Path(paths.key).write_bytes(key.private_bytes(*form))
    return paths


@pytest.mark.parametrize("kind", ["embedded", pytest.param("mosquitto", marks=pytest.mark.mosquitto)])
async def test_a_hall_with_certificates_speaks_tls(
    kind: str, request: pytest.FixtureRequest, tmp_path: Path, stranger: Join, grants: Grants, hashes: Hashes
) -> None:
    files = _certificate(tmp_path)
    broker: Broker | MosquittoProcess
    if kind == "mosquitto":
        request.getfixturevalue("needs_mosquitto")
        broker = MosquittoProcess(grants, hashes, tls=files)
    else:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(files.certificate, files.key)
        broker = Broker(Acl(grants), Passwords(hashes).identify, tls=context)
    async with broker:
        trusting = ssl.create_default_context(cafile=files.certificate)
        pad = await stranger(broker.port, trusting)
        assert await pad.connect("pad1") is ConnectCode.ACCEPTED
        assert await pad.publish(f"{PAD}/ev", bytes(100_000))


@pytest.mark.parametrize("spoilt", ["grants", "passwords"])
async def test_the_program_refuses_a_wrong_file_with_status_2(spoilt: str, tmp_path: Path) -> None:
    (tmp_path / "grants").write_text("[]")
    (tmp_path / "passwords").write_text("")
    (tmp_path / spoilt).write_text("[nonsense")
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "hallkit.broker", "--port", "0"),
        *("--grants", str(tmp_path / "grants"), "--passwords", str(tmp_path / "passwords")),
        stderr=asyncio.subprocess.PIPE,
    )
    _, complaint = await process.communicate()
    assert process.returncode == 2
    assert spoilt.encode() in complaint


async def test_the_program_reads_its_rights_again_and_survives_a_spoilt_file(
    stranger: Join, grants: Grants, hashes: Hashes
) -> None:
    async with open_broker("embedded", grants, hashes, is_separate=True) as broker:
        process: Any = broker.control
        pad = await stranger(broker.port)
        assert await pad.connect("pad1") is ConnectCode.ACCEPTED
        (process.directory / "grants.json").write_text("[nonsense")
        os.kill(process.pid, signal.SIGHUP)
        assert await pad.publish(f"{PAD}/ev", b"x")
        (process.directory / "grants.json").write_text("[]")
        (process.directory / "passwords").write_text("")
        os.kill(process.pid, signal.SIGHUP)
        await pad.closed()
