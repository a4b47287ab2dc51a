"""The device's side of a stream URL, for simulators."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

from hallkit.errors import StreamError
from hallkit.transports.memory import Cable
from hallkit.transports.sockets import TcpStream, UdpStream
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import PtyPort
from hallkit.transports.url import Sockets

Handler = Callable[[ByteStream], Awaitable[None]]


@asynccontextmanager
async def serve(
    url: str, handler: Handler, *, sockets: Sockets | None = None, cable: Cable | None = None
) -> AsyncIterator[str]:
    """Serve `handler` at `url` while the block runs; yield the URL a driver opens (port 0 is filled in)."""
    parts = urlsplit(url)
    async with asyncio.TaskGroup() as tasks:
        if parts.scheme == "tcp":
            close, public = await _serve_tcp(parts.hostname or "127.0.0.1", parts.port or 0, handler)
        elif parts.scheme == "udp":
            close, public = await _serve_udp(parts.hostname or "127.0.0.1", parts.port or 0, handler, tasks)
        elif parts.scheme == "pty":
            close, public = _serve_pty(Path(parts.path), handler, tasks)
        elif parts.scheme == "memory" and sockets is not None:
            close, public = _serve_memory(parts.path, handler, tasks, sockets, cable)
        else:
            raise StreamError(f"{url}: a simulator listens on tcp, udp, pty or memory")
        try:
            yield public
        finally:
            await close()


Close = Callable[[], Awaitable[None]]


async def _serve_tcp(host: str, port: int, handler: Handler) -> tuple[Close, str]:
    running: dict[asyncio.Task[None], TcpStream] = {}

    async def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        stream = running[task] = TcpStream(reader, writer)
        try:
            await handler(stream)
        finally:
            stream.close()
            del running[task]

    server = await asyncio.start_server(accept, host, port)

    async def close() -> None:
        server.close()
        tasks = list(running.items())
        for task, stream in tasks:
            stream.close()
            task.cancel()
        await asyncio.gather(*(task for task, _ in tasks), return_exceptions=True)
        await server.wait_closed()

    return close, f"tcp://{host}:{server.sockets[0].getsockname()[1]}"


async def _serve_udp(host: str, port: int, handler: Handler, tasks: asyncio.TaskGroup) -> tuple[Close, str]:
    loop = asyncio.get_running_loop()
    transport, stream = await loop.create_datagram_endpoint(lambda: UdpStream(None), local_addr=(host, port))
    task = tasks.create_task(_run(handler, stream), name=f"udp {port}")

    async def close() -> None:
        stream.close()
        task.cancel()

    return close, f"udp://{host}:{transport.get_extra_info('sockname')[1]}"


def _serve_pty(link: Path, handler: Handler, tasks: asyncio.TaskGroup) -> tuple[Close, str]:
    port = PtyPort(link)
    task = tasks.create_task(_run(handler, port.plug_in()), name=f"pty {link.name}")

    async def close() -> None:
        port.unplug()
        task.cancel()

    return close, f"pty:{link}"


def _serve_memory(
    name: str, handler: Handler, tasks: asyncio.TaskGroup, sockets: Sockets, cable: Cable | None
) -> tuple[Close, str]:
    listener = sockets.listen(name, cable)
    running: list[asyncio.Task[None]] = []

    def accept(far: ByteStream) -> None:
        running.append(tasks.create_task(_run(handler, far), name=f"memory {name}"))

    listener.on_accept = accept

    async def close() -> None:
        sockets.unplug(name)
        for task in running:
            task.cancel()

    return close, f"memory:{name}"


async def _run(handler: Handler, stream: ByteStream) -> None:
    try:
        await handler(stream)
    finally:
        stream.close()
