"""The embedded broker in a process of its own, so that it has a processor core to itself and can be killed."""

import shutil
import signal
import sys
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Self

import msgspec

from hallkit.broker.acl import Grant
from hallkit.broker.mosquitto_files import TlsFiles
from hallkit.broker.passwords import password_file
from hallkit.broker.process import BrokerProcess
from hallkit.transports.ports import free_port


class EmbeddedProcess:
    """`python -m hallkit.broker` under our care; `async with` it, or start and stop it."""

    def __init__(
        self, grants: Iterable[Grant], hashes: Mapping[str, str], *, host: str = "127.0.0.1", port: int = 0,
        tls: TlsFiles | None = None,
    ) -> None:  # fmt: skip
        self.host = host
        self.port = port or free_port(host=host)
        self.directory = Path(tempfile.mkdtemp(prefix="hall24-broker-"))
        self._rights, self._passwords = self.directory / "grants.json", self.directory / "passwords"
        self._write(grants, hashes)
        arguments = [sys.executable, "-m", "hallkit.broker", "--host", host, "--port", str(self.port)]
        arguments += ["--grants", str(self._rights), "--passwords", str(self._passwords)]
        if tls is not None:
            arguments += ["--certificate", tls.certificate, "--key", tls.key, *(["--ca", tls.ca] if tls.ca else [])]
        self._process = BrokerProcess(arguments, host, self.port, [self.directory / "output"])

    @property
    def pid(self) -> int | None:
        """The process id while the broker runs."""
        return self._process.pid

    async def start(self) -> None:
        """Return once the broker serves; raise BrokerStartError with its last words."""
        await self._process.start()

    async def stop(self) -> None:
        """Ask the broker to end."""
        await self._process.stop()

    async def kill(self) -> None:
        """End the broker as a power cut would."""
        await self._process.kill()

    async def restart(self) -> None:
        """Stop and start on the same port; sessions and retained messages are gone."""
        await self._process.restart()

    def replace(self, grants: Iterable[Grant], hashes: Mapping[str, str]) -> None:
        """Judge by new rights and passwords from now on; whoever they no longer know is parted with."""
        self._write(grants, hashes)
        self._process.send(signal.SIGHUP)

    def _write(self, grants: Iterable[Grant], hashes: Mapping[str, str]) -> None:
        """Replace both files, each in one step; the directory is readable by us alone."""
        rights = msgspec.json.encode(list(grants))
        for path, data in ((self._rights, rights), (self._passwords, password_file(hashes).encode())):
            fresh = path.with_suffix(".new")
            fresh.write_bytes(data)
            fresh.replace(path)

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.stop()
        shutil.rmtree(self.directory, ignore_errors=True)
