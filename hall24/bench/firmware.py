"""Boards flashed by our tool, through the real esptool and mpremote, on simulated boards with paced serial lines."""

import asyncio
import hashlib
import random
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path

from contract import codec, topics
from contract.link import DeviceState, Presence
from contract.topics import Channel
from firmware.artwork.pad_pictures import PadArtwork, pictures
from firmware.artwork.strip_file import pack
from firmware.flasher.app import flash as flashing
from firmware.flasher.app.flash import Interpreter, Way
from firmware.flasher.app.fleet import together
from firmware.flasher.app.provision import Choice, Place, provision
from firmware.flasher.core import settings
from firmware.flasher.drivers import release
from firmware.flasher.drivers.authority_store import AuthorityStore
from firmware.flasher.errors import FlasherError
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, middle
from hallkit.broker.acl import Grant
from hallkit.broker.choose import OpenBroker, open_broker
from hallkit.broker.passwords import hash_password
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.mqtt_link import mqtt_links
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from simulators import esp32_rom
from simulators.esp32_rom import SimulatedEsp32
from simulators.paced_line import PacedLine
from simulators.raw_repl_board import SimulatedBoard, find_python

SIZE, PLACE, BAUD = 1_558_000, 0x1000, 460_800
ROUNDS, BOARDS = 5, 10
PATIENCE = 120.0
PAD = topics.address("bench", "rating-pad", "pad-03")
DESK = topics.address("bench", "manager-desk", "desk")


class Bench:
    """A folder with an image, and boards plugged in there."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        head = bytes.fromhex("e9030220") + bytes(20)
        body = random.Random(1).randbytes(SIZE).translate(bytes(range(64)) * 4)
        path = folder / "interpreter.bin"
        path.write_bytes((head + body)[:SIZE])
        self.interpreter: Interpreter = flashing.read(path, "esp32", hashlib.sha256(path.read_bytes()).hexdigest())
        self.way = Way(BAUD, by_hand=True, locks=folder / "locks")
        self.lines: list[PacedLine] = []
        self._plugged = 0

    @asynccontextmanager
    async def plugged_in(self, board: SimulatedEsp32, *, is_paced: bool) -> AsyncIterator[str]:
        """Plug a board in; yield its port."""
        self._plugged += 1
        link = self.folder / f"board-{self._plugged}"

        async def on_line(stream: ByteStream) -> None:
            if is_paced:
                self.lines.append(PacedLine(stream, lambda: board.baud))
            await esp32_rom.serve(board, self.lines[-1] if is_paced else stream)

        async with serve(f"pty:{link}", on_line):
            yield str(link)

    async def flash(self, port: str) -> float:
        """Flash one board with our tool; return the seconds it took."""
        began = time.perf_counter()
        await flashing.flash(port, self.interpreter, {}, self.way)
        return time.perf_counter() - began

    async def esptool(self, port: str) -> float:
        """Flash one board with esptool alone; return the seconds it took."""
        began = time.perf_counter()
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "esptool", "--chip", "esp32", "--port", port, "--baud", str(BAUD),
            "--before", "no-reset", "--after", "no-reset", "write-flash", "--flash-mode", "keep",
            "--flash-size", "keep", hex(PLACE), str(self.interpreter.path),
            stdout=asyncio.subprocess.DEVNULL, stderr=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        if await process.wait():
            raise BenchError("esptool alone failed")
        return time.perf_counter() - began


def figures() -> tuple[Figure, ...]:
    """Measure flashing against esptool and the line, ten boards against one, and a blank board's way to work."""
    with tempfile.TemporaryDirectory(prefix="hall24-bench-") as folder:
        return asyncio.run(_figures(Bench(Path(folder))))


async def _figures(bench: Bench) -> tuple[Figure, ...]:
    ours, alone = await _against_esptool(bench)
    one, share = await _paced(bench)
    ten = await _at_once(bench)
    working = await _blank_to_working(bench)
    size = f"{SIZE:,} bytes"
    return (
        figure(
            f"{size} by `hall24 flash`", ours, "s", ("esptool alone", alone), Bar(ratio_most=1.1), f"{ROUNDS} rounds"
        ),
        figure(
            f"the same at {BAUD:,} baud: time bytes cross", share * one, "s", ("whole run", one), Bar(ratio_least=0.9)
        ),
        figure(f"{BOARDS} boards at once", ten, "s", ("one board", one), Bar(ratio_most=1.5), f"{BAUD:,} baud each"),
        figure("blank board to working pad", working, "s", ("a technician's patience", 90.0), Bar(most=90)),
    )


async def _against_esptool(bench: Bench) -> tuple[float, float]:
    ours: list[float] = []
    alone: list[float] = []
    for _ in range(ROUNDS):
        for times, work in ((ours, bench.flash), (alone, bench.esptool)):
            async with bench.plugged_in(esp32_rom.build(), is_paced=False) as port:
                times.append(await work(port))
    return middle(ours), middle(alone)


async def _paced(bench: Bench) -> tuple[float, float]:
    """Return the seconds one board takes on its line, and the share of them in which bytes crossed."""
    async with bench.plugged_in(esp32_rom.build(), is_paced=True) as port:
        took = await bench.flash(port)
        return took, bench.lines[-1].busy / took


async def _at_once(bench: Bench) -> float:
    async with AsyncExitStack() as stack:
        boards = [esp32_rom.build() for _ in range(BOARDS)]
        ports = [await stack.enter_async_context(bench.plugged_in(board, is_paced=True)) for board in boards]
        began = time.perf_counter()
        ended = await together({port: partial(bench.flash, port) for port in ports})
        took = time.perf_counter() - began
    if failed := [one for one in ended.values() if isinstance(one, FlasherError)]:
        raise BenchError(str(failed[0]))
    return took


async def _blank_to_working(bench: Bench) -> float:
    """Flash, copy programs, provision, start; the end is the pad's own word on the broker."""
    python = find_python()
    if python is None:
        raise BenchError("no MicroPython: install it, or name its command in HALL24_MICROPYTHON")
    (bench.folder / "flash").mkdir()
    board = SimulatedEsp32(program=SimulatedBoard(bench.folder / "flash", python))
    board.hold_boot_and_reset()
    rights = [Grant(PAD.name, tuple(PAD.topic(one) for one in Channel), tuple(PAD.topic(one) for one in Channel)),
              Grant(DESK.name, (DESK.topic(Channel.STATE),),
                    (DESK.topic(Channel.REPLY), DESK.topic(Channel.COMMAND), PAD.topic(Channel.STATE)))]  # fmt: skip
    hashes = {one.user: hash_password(b"secret", b"0" * 12, 101) for one in rights}
    async with open_broker("embedded", rights, hashes) as broker, bench.plugged_in(board, is_paced=True) as port:
        began = time.perf_counter()
        online = asyncio.create_task(_online(broker))
        try:
            await _install(bench, board, port, broker)
            async with asyncio.timeout(PATIENCE):
                await online
            return time.perf_counter() - began
        finally:
            online.cancel()
            await board.gone()
            await asyncio.gather(online, return_exceptions=True)


async def _install(bench: Bench, board: SimulatedEsp32, port: str, broker: OpenBroker) -> None:
    def technician(step: str, _: float) -> None:
        if step == "tap RST":
            board.start()

    there = {
        "hall": "bench", "kind": PAD.kind, "name": PAD.name, "password": "secret", "version": "0.1.0", "root": "",
        "window": 3, "broker_host": broker.host, "broker_port": broker.port, "strips": settings.STRIPS,
    }  # fmt: skip
    place = Place(there, {settings.STRIPS: pack(pictures(PadArtwork(3)))})
    store = AuthorityStore(bench.folder / "authority", "bench", SystemClock().now)
    await flashing.flash(port, bench.interpreter, release.files(), bench.way, technician)
    await provision(place, port, store, SystemClock().now, Choice(locks=bench.folder / "locks"))


async def _online(broker: OpenBroker) -> None:
    """Return once the pad said that it is there."""
    there = asyncio.Event()

    def hear(message: LinkMessage) -> None:
        if codec.body_of(codec.decode(message.payload), DeviceState).presence is Presence.ONLINE:
            there.set()

    links = mqtt_links(broker.host, broker.port, random.Random(1))
    heard = {PAD.topic(Channel.STATE): hear}
    desk = Device(DESK, "secret", links=links, clock=SystemClock(), chance=random.Random(2), hear=heard)
    running = asyncio.create_task(desk.run())
    try:
        await there.wait()
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
