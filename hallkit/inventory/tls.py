"""TLS between a hall's programs and its broker, from the files the hall's file names."""

import ssl
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.errors import ConfigError
from hallkit.inventory.schema import BrokerTable, Hall

TlsOf = Callable[[str], ssl.SSLContext]
"""The TLS with which a user greets the broker."""


def client_tls(hall: Hall) -> TlsOf | None:
    """Return the TLS of each user, None for a hall without; raise ConfigError naming every fault of its files."""
    table, scheme = hall.broker, urlsplit(hall.broker.mode).scheme
    if scheme == "mqtt" and table.tls_ca is not None:
        raise ConfigError("broker.tls_ca: a broker at mqtt:// speaks no TLS; write mqtts:// or leave tls_ca out")
    if table.tls_ca is None and scheme != "mqtts":
        _refuse(_alone(table))
        return None
    _trusting(table.tls_ca)
    return lambda user: _context(table, user)


def server_tls(hall: Hall) -> TlsFiles | None:
    """Return the files of the broker this hall starts, None without TLS; raise ConfigError naming every fault."""
    table = hall.broker
    if "://" in table.mode:
        return None
    if table.tls_ca is None:
        _refuse(_alone(table))
        return None
    wanted = {"tls_certificate": table.tls_certificate, "tls_key": table.tls_key}
    _refuse(f"broker.{name}: a broker with tls_ca needs it" for name, path in wanted.items() if path is None)
    _refuse(_missing({"tls_ca": table.tls_ca, **wanted}))
    asks = str(table.tls_ca) if table.tls_clients is not None else None
    return TlsFiles(str(table.tls_certificate), str(table.tls_key), asks)


def _context(table: BrokerTable, user: str) -> ssl.SSLContext:
    context = _trusting(table.tls_ca)
    if table.tls_clients is not None:
        certificate, key = table.tls_clients / f"{user}.pem", table.tls_clients / f"{user}.key"
        try:
            context.load_cert_chain(certificate, key)
        except (OSError, ssl.SSLError) as error:
            raise ConfigError(f"broker.tls_clients: {certificate} with {key}: {error}") from error
    return context


def _trusting(authority: Path | None) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=authority)
    except (OSError, ssl.SSLError) as error:
        raise ConfigError(f"broker.tls_ca: {authority}: {error}") from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def _alone(table: BrokerTable) -> Iterator[str]:
    for name in ("tls_certificate", "tls_key", "tls_clients"):
        if getattr(table, name) is not None:
            yield f"broker.{name}: has no meaning without broker.tls_ca"


def _missing(files: dict[str, Path | None]) -> Iterator[str]:
    for name, path in files.items():
        if path is not None and not path.is_file():
            yield f"broker.{name}: {path} is no file"


def _refuse(faults: Iterator[str]) -> None:
    if found := list(faults):
        raise ConfigError("\n".join(found))
