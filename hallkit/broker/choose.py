"""Which broker a hall uses: its own mosquitto, the embedded one, or one that already runs."""

from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from typing import Final, Literal, Protocol
from urllib.parse import urlsplit

from msgspec import Struct

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.embedded import EmbeddedProcess
from hallkit.broker.mosquitto import MosquittoProcess, find_mosquitto
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import Passwords
from hallkit.broker.server import Broker, server_context
from hallkit.errors import ConfigError

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}


class RunningBroker(Protocol):
    """A broker we started: it can be stopped, killed and started again on its port, and given new rights."""

    async def start(self) -> None:
        """Serve."""

    async def stop(self) -> None:
        """End in order."""

    async def kill(self) -> None:
        """End as a power cut would."""

    def replace(self, grants: Iterable[Grant], hashes: Mapping[str, str]) -> None:
        """Judge by new rights and passwords from now on; whoever they no longer know is parted with."""


class OpenBroker(Struct, frozen=True):
    """Where clients connect; `control` is None for a broker that is not ours."""

    kind: Literal["embedded", "mosquitto", "url"]
    host: str
    port: int
    has_tls: bool = False
    control: RunningBroker | None = None


@asynccontextmanager
async def open_broker(
    mode: str,
    grants: Iterable[Grant],
    hashes: Mapping[str, str],
    *,
    host: str = "127.0.0.1",
    port: int = 0,
    is_separate: bool = False,
    tls: TlsFiles | None = None,
) -> AsyncIterator[OpenBroker]:
    """Serve by `mode` (auto, embedded, mosquitto, or an mqtt:// or mqtts:// URL) while entered.

    `is_separate` gives the embedded broker a process of its own; `tls` makes the port one for TLS.
    Raise ConfigError for another mode, BrokerMissingError or BrokerStartError if the broker cannot serve.
    """
    if "://" in mode:
        yield _running_elsewhere(mode)
        return
    kind = _kind(mode)
    granted = tuple(grants)
    broker: MosquittoProcess | EmbeddedProcess | Broker
    if kind == "mosquitto":
        broker = MosquittoProcess(granted, hashes, host=host, port=port, tls=tls)
    elif is_separate:
        broker = EmbeddedProcess(granted, hashes, host=host, port=port, tls=tls)
    else:
        broker = Broker(
            Acl(granted), Passwords(hashes).identify, host=host, port=port, tls=server_context(tls) if tls else None
        )
    async with broker:
        yield OpenBroker(kind, broker.host, broker.port, tls is not None, broker)


def _kind(mode: str) -> Literal["embedded", "mosquitto"]:
    if mode == "auto":
        return "mosquitto" if find_mosquitto() else "embedded"
    if mode == "mosquitto":
        return "mosquitto"
    if mode == "embedded":
        return "embedded"
    raise ConfigError(f"broker: {mode!r} is not auto, embedded, mosquitto or an mqtt:// URL")


def _running_elsewhere(url: str) -> OpenBroker:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ConfigError(f"broker: {url!r} is no URL: {error}") from error
    if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.username is not None:
        raise ConfigError(f"broker: {url!r} is not mqtt://host:port or mqtts://host:port")
    return OpenBroker("url", parts.hostname, port or _PORTS[parts.scheme], parts.scheme == "mqtts")
