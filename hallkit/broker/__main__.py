"""The embedded broker as a program: `python -m hallkit.broker --grants FILE --passwords FILE --port N`."""

import asyncio
import logging
import signal
import sys
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.errors import BrokerError
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import Passwords, parse_password_file
from hallkit.broker.server import Broker, server_context
from hallkit.errors import ConfigError


def read_rights(grants: Path, passwords: Path) -> tuple[list[Grant], dict[str, str]]:
    """Read both files; raise ConfigError with the path of the wrong one."""
    try:
        rights = msgspec.json.decode(grants.read_bytes(), type=list[Grant])
    except (OSError, msgspec.DecodeError, BrokerError) as error:
        raise ConfigError(f"{grants}: {error}") from error
    try:
        hashes = parse_password_file(passwords.read_text())
        Passwords(hashes)
    except (OSError, UnicodeDecodeError, BrokerError) as error:
        raise ConfigError(f"{passwords}: {error}") from error
    return rights, hashes


async def serve(grants: Path, passwords: Path, host: str, port: int, tls: TlsFiles | None = None) -> None:
    """Serve until SIGTERM or SIGINT; SIGHUP reads both files again."""
    rights, hashes = read_rights(grants, passwords)
    ended = asyncio.Event()
    context = server_context(tls) if tls else None
    async with Broker(Acl(rights), Passwords(hashes).identify, host=host, port=port, tls=context) as broker:

        def reload() -> None:
            try:
                rights, hashes = read_rights(grants, passwords)
            except ConfigError:
                logging.getLogger(__name__).exception("the old rights stay in force; correct the file")
            else:
                broker.replace(rights, hashes)

        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, ended.set)
        loop.add_signal_handler(signal.SIGHUP, reload)
        typer.echo(f"listening {broker.host} {broker.port}")
        await ended.wait()


def main(
    grants: Annotated[Path, typer.Option(help="JSON list of {user, publish, subscribe}")],
    passwords: Annotated[Path, typer.Option(help="lines of user:$7$iterations$salt$hash")],
    port: Annotated[int, typer.Option(min=0, max=65535)],
    host: str = "127.0.0.1",
    certificate: Annotated[str | None, typer.Option(help="PEM; with it the port is for TLS")] = None,
    key: Annotated[str, typer.Option(help="PEM, of the certificate")] = "",
    ca: Annotated[str | None, typer.Option(help="PEM; clients must show a certificate it signed")] = None,
) -> None:
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    try:
        asyncio.run(serve(grants, passwords, host, port, TlsFiles(certificate, key, ca) if certificate else None))
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    except BrokerError as error:
        typer.echo(str(error), err=True)
        sys.exit(1)


if __name__ == "__main__":
    typer.run(main)
