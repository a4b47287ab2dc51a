"""A hall to measure: a folder, a broker process, and the real programs as processes of their own."""

import asyncio
import random
import secrets
import shutil
import sys
import tempfile
import tomllib
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

from contract.queue import SERVICE
from contract.queue_requests import AskQueues
from hall24.bench.echo import CALLERS, ECHO, echo_grants
from hall24.bench.errors import BenchError
from hall24.demo.plan import FEWER_ITERATIONS
from hall24.presets import ALWAYS, county_hall
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.passwords import hash_password
from hallkit.inventory.grants import grants
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import ensure_secrets, users
from hallkit.inventory.start import SECRETS
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device, Listener
from hallkit.runtime.link import LinkFactory
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.ports import free_port

ENGINE = ("-m", "queue_caller", "engine")
BRIDGE = ("-m", "mqtt_bridge")
DISPLAYS = ("-m", "display_controller")
INTAKE = ("-m", "intake_server")
START_PATIENCE = 30.0


def wide_hall(run: Path, port: int) -> str:
    """Return the county hall with eight ticket machines and a clerk's desk at each of the first eight windows."""
    text = county_hall(port=port, run=str(run), hours=ALWAYS)
    machines = [_device("ticket-machine", f"ticket-{number}") for number in range(4, 9)]
    desks = [_device("clerk-desk", f"desk-{number}", f"window = {number}") for number in range(1, 9)]
    return "\n".join([text, *machines, *desks])


def _device(kind: str, name: str, *lines: str) -> str:
    return "\n".join(["[[devices]]", f'kind = "{kind}"', f'name = "{name}"', *lines, ""])


@dataclass(slots=True)
class BenchHall:
    """One hall under measurement; whatever was started in it ends with it."""

    hall: Hall
    config: Path
    passwords: Mapping[str, str]
    broker: OpenBroker
    _children: list[asyncio.subprocess.Process] = field(default_factory=list)
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _manager: Device | None = None

    @property
    def place(self) -> tuple[str, int]:
        """Where clients connect."""
        return self.broker.host, self.broker.port

    @property
    def run(self) -> Path:
        """The hall's folder."""
        return self.hall.hall.run

    def links(self) -> LinkFactory:
        """Return links to the hall's broker."""
        return mqtt_links(*self.place, random.Random(secrets.randbits(64)))

    async def start(self, *arguments: str, needs_config: bool = True) -> asyncio.subprocess.Process:
        """Start a Python program of the hall; its log is `run/<name>.log`."""
        config = ("--config", str(self.config)) if needs_config else ()
        with (self.run / f"{'-'.join(arguments[1:3])}.log").open("ab") as log:
            child = await asyncio.create_subprocess_exec(
                sys.executable, *arguments, *config, stdout=log, stderr=log, stdin=asyncio.subprocess.DEVNULL
            )
        self._children.append(child)
        return child

    async def start_echo(self) -> None:
        """Start the echo and return once it hears."""
        host, port = self.place
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "hall24.bench.echo", host, str(port), self.passwords[ECHO],
            stdout=asyncio.subprocess.PIPE,
        )  # fmt: skip
        self._children.append(child)
        assert child.stdout is not None
        if not await asyncio.wait_for(child.stdout.readline(), START_PATIENCE):
            raise BenchError("the echo did not start")

    async def device(
        self, name: str, *, hear: Mapping[str, Listener] | None = None, on_link: Callable[[bool], None] | None = None
    ) -> Device:
        """Return a device of the hall, connected; gateways speak for their members."""
        members = tuple(self.hall.address(one.name) for one in self.hall.members(name))
        device = Device(
            self.hall.address(name), self.passwords[name], links=self.links(), clock=SystemClock(),
            chance=random.Random(secrets.randbits(64)), hear=hear, members=members,
        )  # fmt: skip
        device.on_link = on_link or (lambda up: None)
        self._tasks.append(asyncio.ensure_future(device.run()))
        async with asyncio.timeout(START_PATIENCE):
            while not device.link.is_up:  # noqa: ASYNC110 (its `on_link` belongs to the caller)
                await asyncio.sleep(0.02)
        return device

    async def start_engine(self) -> asyncio.subprocess.Process:
        """Start the queue engine and return once it has answered."""
        child = await self.start(*ENGINE)
        if self._manager is None:
            self._manager = await self.device("manager-1")
        await self._manager.ask(SERVICE, AskQueues(), patience=START_PATIENCE)
        return child

    async def end(self, child: asyncio.subprocess.Process) -> None:
        """End one program and wait for it."""
        if child.returncode is None:
            child.terminate()
        await child.wait()

    async def close(self) -> None:
        """End everything, last started first."""
        for task in reversed(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for child in reversed(self._children):
            await self.end(child)


@asynccontextmanager
async def bench_hall(
    mode: str = "mosquitto", text: Callable[[Path, int], str] = wide_hall, more: Iterable[Grant] = ()
) -> AsyncIterator[BenchHall]:
    """Give a hall on a broker of `mode`; its folder is gone afterwards."""
    run = Path(tempfile.mkdtemp(prefix="hall24-bench-"))
    try:
        port = free_port()
        config = run / "hall.toml"
        config.write_text(text(run, port), "utf-8")
        hall = parse(tomllib.loads(config.read_text("utf-8")), Hall)
        granted = (*grants(hall), *echo_grants(), *more)
        names = (*users(hall), ECHO, *CALLERS, *(grant.user for grant in more))
        passwords = ensure_secrets(run / SECRETS, names, random.Random(secrets.randbits(128)))
        hashes = {
            user: hash_password(word.encode(), secrets.token_bytes(12), FEWER_ITERATIONS)
            for user, word in passwords.items()
        }  # fmt: skip
        async with open_broker(mode, granted, hashes, port=port, is_separate=True) as broker:
            rig = BenchHall(hall, config, passwords, broker)
            try:
                yield rig
            finally:
                await rig.close()
    finally:
        shutil.rmtree(run, ignore_errors=True)
