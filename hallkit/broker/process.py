"""A broker in a process of its own: start it, know when it serves, stop it, kill it."""

import asyncio
import asyncio.subprocess
import contextlib
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hallkit.broker.errors import BrokerStartError

START_PATIENCE: Final = 15.0
STOP_PATIENCE: Final = 5.0
_TRY_AGAIN: Final = 0.02
_TAIL: Final = 2_000


class BrokerProcess:
    """One server program on one port; what it prints goes to the first of `outputs`, the others it writes itself."""

    def __init__(self, arguments: Sequence[str], host: str, port: int, outputs: Sequence[Path]) -> None:
        self.host = host
        self.port = port
        self._arguments = arguments
        self._outputs = outputs
        self._process: asyncio.subprocess.Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id while the program runs."""
        return self._process.pid if self._process and self._process.returncode is None else None

    async def start(self) -> None:
        """Start the program and return once it accepts connections; raise BrokerStartError with its last words."""
        if await self._answers():
            raise BrokerStartError(f"somebody already listens on {self.host} port {self.port}; free the port")
        with self._outputs[0].open("ab") as output:
            self._process = await asyncio.create_subprocess_exec(
                *self._arguments, stdin=asyncio.subprocess.DEVNULL, stdout=output, stderr=output
            )
        try:
            async with asyncio.timeout(START_PATIENCE):
                await self._serving(self._process)
        except TimeoutError as error:
            await self.kill()
            raise BrokerStartError(self._failure("does not answer")) from error

    async def stop(self) -> None:
        """Ask the program to end; kill it if it does not."""
        if self._process is None or not self.send(signal.SIGTERM):
            return
        try:
            async with asyncio.timeout(STOP_PATIENCE):
                await self._process.wait()
        except TimeoutError:
            await self.kill()

    async def kill(self) -> None:
        """End the program at once, as a power cut would."""
        if self._process is not None:
            self.send(signal.SIGKILL)
            await self._process.wait()

    async def restart(self) -> None:
        """Stop and start on the same port."""
        await self.stop()
        await self.start()

    def send(self, number: signal.Signals) -> bool:
        """Send a signal; return False if the program has ended."""
        if self._process is None or self._process.returncode is not None:
            return False
        with contextlib.suppress(ProcessLookupError):
            self._process.send_signal(number)
        return True

    def last_words(self) -> str:
        """Return the end of what the program printed and wrote."""
        texts = [path.read_text(errors="replace") for path in self._outputs if path.exists()]
        return "\n".join(texts)[-_TAIL:].strip()

    async def _serving(self, process: asyncio.subprocess.Process) -> None:
        while True:
            answers = await self._answers()
            if process.returncode is not None:
                raise BrokerStartError(self._failure(f"ended with status {process.returncode}"))
            if answers:
                return
            await asyncio.sleep(_TRY_AGAIN)

    async def _answers(self) -> bool:
        try:
            _, writer = await asyncio.open_connection(self.host, self.port)
        except OSError:
            return False
        writer.close()
        with contextlib.suppress(OSError):
            await writer.wait_closed()
        return True

    def _failure(self, what: str) -> str:
        return f"{self._arguments[0]} on port {self.port} {what}; it said: {self.last_words() or 'nothing'}"
