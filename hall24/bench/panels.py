"""From the last byte of a key frame at the bridge to the first changed byte on each of 200 panels.

Bridge, engine and controller are processes of their own; the panels' sockets carry the kernel's own time of arrival.
"""

import asyncio
import socket
import struct
import time
from pathlib import Path

from contract.queue import IssueChannel
from contract.queue_requests import IssueTicket
from display_controller.wire import ddp
from hall24.bench.asking import issue
from hall24.bench.echo import commits, echoes, open_callers
from hall24.bench.errors import BenchError
from hall24.bench.figure import Bar, Figure, figure, quantile, shown
from hall24.bench.rig import BRIDGE, DISPLAYS, BenchHall, bench_hall, wide_hall
from hall24.demo.plan import SHARED_PROCESSOR
from hallkit.transports.serve import serve
from hallkit.transports.stream import ByteStream
from mqtt_bridge.wire.call_pad import Answer, Decoder
from mqtt_bridge.wire.call_pad_values import KeyCode
from simulators import call_pad

PANELS, HALL_PANELS = 200, 8
ROUNDS, WARM_UP = 12, 2
BLINKING, SETTLED = 4.0, 0.7
SO_TIMESTAMPNS = 35
ISSUED = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)


class WatchedPanel:
    """One panel's socket: it knows what the panel shows and when that last began to change."""

    def __init__(self, size: int) -> None:
        self.socket = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        self.socket.setsockopt(socket.SOL_SOCKET, SO_TIMESTAMPNS, 1)
        self.socket.bind(("127.0.0.1", 0))
        self.socket.setblocking(False)
        self.changed_at: int | None = None
        self._pixels = bytearray(size)

    @property
    def port(self) -> int:
        """Where the panel listens."""
        return int(self.socket.getsockname()[1])

    def receive(self) -> None:
        """Take everything that came."""
        while True:
            try:
                data, extra, _, _ = self.socket.recvmsg(2048, 64)
            except BlockingIOError:
                return
            packet = ddp.decode(data)
            end = packet.offset + len(packet.data)
            if packet.is_pixels and self._pixels[packet.offset : end] != packet.data:
                self._pixels[packet.offset : end] = packet.data
                if self.changed_at is None:
                    self.changed_at = _kernel_time(extra)


class WatchedLine:
    """The bridge's end of the pad line, which notes when a key frame has left."""

    def __init__(self, stream: ByteStream) -> None:
        self._stream, self._decoder = stream, Decoder()
        self.key_at: int | None = None

    async def read(self) -> bytes:
        """Return what the bridge says."""
        return await self._stream.read()

    async def write(self, data: bytes) -> None:
        """Say `data` to the bridge."""
        await self._stream.write(data)
        now = time.time_ns()
        if self.key_at is None and any(frame.kind is Answer.KEY for frame in self._decoder.feed(data)):
            self.key_at = now

    def close(self) -> None:
        """Hang up."""
        self._stream.close()


def figures() -> tuple[Figure, ...]:
    """Measure key presses of one window, the hall at rest in between."""
    return asyncio.run(_figures())


async def _figures() -> tuple[Figure, ...]:
    panels = [WatchedPanel(_size(place)[0] * _size(place)[1] * 3) for place in range(PANELS)]
    async with bench_hall(text=lambda run, port: _text(run, port, panels)) as rig:
        await rig.start_engine()
        await rig.start_echo()
        issue(rig, 2 * (ROUNDS + WARM_UP), 1, queues=("A",))
        limit = _limit(rig)
        line = call_pad.build(pads=1)
        lines: list[WatchedLine] = []

        async def pads(stream: ByteStream) -> None:
            lines.append(WatchedLine(stream))
            await call_pad.serve(line, lines[-1])

        async with serve(f"pty:{rig.run}/dev/pads", pads):
            loop = asyncio.get_running_loop()
            for panel in panels:
                loop.add_reader(panel.socket, panel.receive)
            await rig.start(*BRIDGE)
            await rig.start(*DISPLAYS)
            await asyncio.sleep(SETTLED * 12)
            times = [await _press(line, lines[-1], panels) for _ in range(WARM_UP + ROUNDS)][WARM_UP:]
            for panel in panels:
                loop.remove_reader(panel.socket)
                panel.socket.close()
    return tuple(_told([one for round_ in times for one in round_], limit))


def _told(times: list[float], limit: tuple[float, float]) -> list[Figure]:
    name = f"key frame at the bridge → first changed byte on {PANELS} panels"
    note = f"{ROUNDS} presses, worst {shown(max(times))} ms"
    bound = "QoS 1 echo + FULL commit"
    return [
        figure(f"{name}, p50", quantile(times, 0.5), "ms", (f"{bound}, p50", limit[0]), Bar(most=20), note),
        figure(f"{name}, p99", quantile(times, 0.99), "ms", (f"{bound}, p99", limit[1]), Bar(most=100), note),
    ]


def _limit(rig: BenchHall) -> tuple[float, float]:
    callers = open_callers(rig.place, rig.passwords, 1)
    _, there = echoes(callers, 1000)
    callers[0].close()
    kept = commits(rig.run, 300)
    return tuple(1000 * (quantile(there, share) + quantile(kept, share)) for share in (0.5, 0.99))  # type: ignore[return-value]


async def _press(line: call_pad.SimulatedCallPadLine, watched: WatchedLine, panels: list[WatchedPanel]) -> list[float]:
    """Call the next ticket and return each panel's milliseconds; serve it, so that the next press finds all at rest."""
    pad = line.at(1)
    watched.key_at = None
    for panel in panels:
        panel.changed_at = None
    pad.press(KeyCode.NEXT)
    await asyncio.sleep(BLINKING)
    changed = [panel.changed_at for panel in panels if panel.changed_at is not None]
    key_at: int = watched.key_at or 0
    if not key_at or len(changed) < len(panels):
        raise BenchError(f"{len(panels) - len(changed)} of {len(panels)} panels did not change after a key")
    for key in (KeyCode.START, KeyCode.FINISH):
        pad.press(key)
        await asyncio.sleep(SETTLED)
    return [(at - key_at) / 1e6 for at in changed]


def _text(run: Path, port: int, panels: list[WatchedPanel]) -> str:
    """Return a hall whose one controller serves all `panels`, and whose bridge has one pad, which may answer late."""
    head, *devices = wide_hall(run, port).split("[[devices]]")
    wanted = ("window-display", "hall-display", "call-pad", "sensor")
    kept = [one for one in devices if not any(f'kind = "{kind}"' in one for kind in wanted)]
    kept.append('\nkind = "call-pad"\nname = "caller-01"\nzone = "A"\nwindow = 1\ngateway = "bridge-1"\naddress = 1\n')
    kept += [_panel(place, panel.port) for place, panel in enumerate(panels)]
    tables = f'\n[display]\nlanguages = ["zh"]\n\n[bridge]\npatience = {SHARED_PROCESSOR}\n'
    return "[[devices]]".join([head, *kept]) + tables


def _panel(place: int, port: int) -> str:
    width, height = _size(place)
    kind = "hall-display" if place < HALL_PANELS else "window-display"
    return (
        f'\nkind = "{kind}"\nname = "panel-{place}"\nzone = "A"\nwindow = 1\ngateway = "displays-1"\n'
        f'protocol = "ddp"\nwidth = {width}\nheight = {height}\nurl = "udp://127.0.0.1:{port}"\n\n'
    )


def _size(place: int) -> tuple[int, int]:
    return (320, 128) if place < HALL_PANELS else (192, 32)


def _kernel_time(extra: list[tuple[int, int, bytes]]) -> int:
    for level, kind, data in extra:
        if level == socket.SOL_SOCKET and kind == SO_TIMESTAMPNS:
            seconds, nanoseconds = struct.unpack("qq", data[:16])
            return int(seconds * 1_000_000_000 + nanoseconds)
    raise BenchError("this system does not say when a datagram arrived")
