"""Mosquitto as the hall's broker: its files from our grants, its process under our care."""

import contextlib
import os
import pwd
import shutil
import signal
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from hallkit.broker.acl import Grant
from hallkit.broker.core.limits import Limits
from hallkit.broker.errors import BrokerMissingError
from hallkit.broker.mosquitto_files import CONFIG, LOG, Listener, TlsFiles, mosquitto_files
from hallkit.broker.process import BrokerProcess
from hallkit.transports.ports import free_port

_SYSTEM_PATHS: Final = ("/usr/sbin", "/usr/local/sbin", "/opt/homebrew/sbin")
_SERVICE_USERS: Final = ("mosquitto", "nobody")


def find_mosquitto() -> str | None:
    """Return the path of mosquitto, also where an ordinary user's PATH does not look, or None."""
    return shutil.which("mosquitto", path=os.pathsep.join([os.environ.get("PATH", ""), *_SYSTEM_PATHS]))


class MosquittoProcess:
    """A mosquitto with its own configuration directory; `async with` it, or start and stop it.

    Without `directory` a private one lives as long as this object is entered. Started by root, mosquitto gives up
    root for its service user, who then owns the directory and must be able to reach it.
    """

    def __init__(
        self,
        grants: Iterable[Grant],
        hashes: Mapping[str, str],
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: TlsFiles | None = None,
        limits: Limits | None = None,
        directory: Path | None = None,
    ) -> None:
        if (program := find_mosquitto()) is None:
            raise BrokerMissingError("mosquitto is not installed; install it or choose the embedded broker")
        self.host = host
        self.port = port or free_port(host=host)
        self._tls = tls
        self._limits = limits or Limits()
        self._grants, self._hashes = tuple(grants), dict(hashes)
        self._is_private = directory is None
        self.directory = directory or Path(tempfile.mkdtemp(prefix="hall24-broker-"))
        arguments = (program, "-c", str(self.directory / CONFIG))
        outputs = (self.directory / "output", self.directory / LOG)
        self._process = BrokerProcess(arguments, host, self.port, outputs)

    @property
    def pid(self) -> int | None:
        """The process id while mosquitto runs."""
        return self._process.pid

    async def start(self) -> None:
        """Write the files and return once mosquitto serves; raise BrokerStartError with its last words."""
        self._write()
        await self._process.start()

    async def stop(self) -> None:
        """Ask mosquitto to end."""
        await self._process.stop()

    async def kill(self) -> None:
        """End mosquitto as a power cut would."""
        await self._process.kill()

    async def restart(self) -> None:
        """Stop and start on the same port; sessions and retained messages are gone."""
        await self.stop()
        await self.start()

    def replace(self, grants: Iterable[Grant], hashes: Mapping[str, str]) -> None:
        """Judge by new rights and passwords from now on; mosquitto parts with whom they no longer know."""
        self._grants, self._hashes = tuple(grants), dict(hashes)
        self._write()
        self._process.send(signal.SIGHUP)

    def log(self) -> str:
        """Return what mosquitto wrote to its log."""
        path = self.directory / LOG
        return path.read_text(errors="replace") if path.exists() else ""

    async def __aenter__(self) -> Self:
        try:
            await self.start()
        except BaseException:
            self._clear()
            raise
        return self

    async def __aexit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        await self.stop()
        self._clear()

    def _write(self) -> None:
        account = _service_account()
        self.directory.mkdir(mode=0o700, parents=True, exist_ok=True)
        tls, texts = _adopted(self._tls, self.directory)
        texts |= mosquitto_files(
            str(self.directory),
            (Listener(self.host, self.port, tls),),
            self._grants,
            self._hashes,
            limits=self._limits,
            user=account.pw_name if account else None,
        )
        for name, text in texts.items():
            _write_private(self.directory / name, text, account)
        if account:
            os.chown(self.directory, account.pw_uid, account.pw_gid)

    def _clear(self) -> None:
        if self._is_private:
            shutil.rmtree(self.directory, ignore_errors=True)


def _service_account() -> pwd.struct_passwd | None:
    """Return whom mosquitto becomes: nobody else unless we are root."""
    if os.geteuid() != 0:
        return None
    for name in _SERVICE_USERS:
        with contextlib.suppress(KeyError):
            return pwd.getpwnam(name)
    raise BrokerMissingError("there is no account 'mosquitto' or 'nobody' for mosquitto to run as; create one")


def _adopted(tls: TlsFiles | None, directory: Path) -> tuple[TlsFiles | None, dict[str, str]]:
    """Return where the certificate files will lie in `directory`, and their texts by name there."""
    if tls is None:
        return None, {}
    sources = {"certificate": tls.certificate, "key": tls.key} | ({"ca": tls.ca} if tls.ca else {})
    texts = {f"{part}.pem": Path(source).read_text() for part, source in sources.items()}
    return TlsFiles(**{part: str(directory / f"{part}.pem") for part in sources}), texts


def _write_private(path: Path, text: str, account: pwd.struct_passwd | None) -> None:
    """Replace `path` in one step, readable by mosquitto alone."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(text)
    if account:
        os.chown(fresh, account.pw_uid, account.pw_gid)
    fresh.replace(path)
