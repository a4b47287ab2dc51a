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
    """Serve `handler` at `url` while the block runs; yield the URL a driver opens (port 0 is filled in).

    An error of the handler is raised when the block ends, unless the block itself failed.
    """
    parts = urlsplit(url)
    tasks = _Tasks()
    if parts.scheme == "tcp":
        close, public = await _serve_tcp(parts.hostname or "127.0.0.1", parts.port or 0, handler, tasks)
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
    except BaseException:
        await _end(close, tasks)
        raise
    for error in await _end(close, tasks):
        raise error


class _Tasks:
    """The handlers at work, in the order they began; of those that ended only what went wrong is kept."""

    def __init__(self) -> None:
        self._running: dict[asyncio.Task[None], None] = {}
        self._wrong: list[BaseException] = []

    def start(self, handler: Handler, stream: ByteStream, name: str) -> None:
        """Let `handler` serve one stream and close it in the end."""
        task = asyncio.get_running_loop().create_task(_run(handler, stream), name=name)
        self._running[task] = None
        task.add_done_callback(self._ended)

    async def stop(self) -> list[BaseException]:
        """End every handler; return what went wrong in them."""
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await asyncio.sleep(0)  # the callbacks of what just ended
        return self._wrong

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._running.pop(task, None)
        error = None if task.cancelled() else task.exception()
        if isinstance(error, Exception):
            self._wrong.append(error)


Close = Callable[[], Awaitable[None]]


async def _end(close: Close, tasks: _Tasks) -> list[BaseException]:
    await close()
    return await tasks.stop()


async def _serve_tcp(host: str, port: int, handler: Handler, tasks: _Tasks) -> tuple[Close, str]:
    def accept(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.start(handler, TcpStream(reader, writer), f"tcp {port}")

    server = await asyncio.start_server(accept, host, port)

    async def close() -> None:
        server.close()
        await server.wait_closed()

    return close, f"tcp://{host}:{server.sockets[0].getsockname()[1]}"


async def _serve_udp(host: str, port: int, handler: Handler, tasks: _Tasks) -> tuple[Close, str]:
    loop = asyncio.get_running_loop()
    transport, stream = await loop.create_datagram_endpoint(lambda: UdpStream(None), local_addr=(host, port))
    tasks.start(handler, stream, f"udp {port}")

    async def close() -> None:
        stream.close()

    return close, f"udp://{host}:{transport.get_extra_info('sockname')[1]}"


def _serve_pty(link: Path, handler: Handler, tasks: _Tasks) -> tuple[Close, str]:
    port = PtyPort(link)
    tasks.start(handler, port.plug_in(), f"pty {link.name}")

    async def close() -> None:
        port.unplug()

    return close, f"pty:{link}"


def _serve_memory(
    name: str, handler: Handler, tasks: _Tasks, sockets: Sockets, cable: Cable | None
) -> tuple[Close, str]:
    listener = sockets.listen(name, cable)
    listener.on_accept = lambda far: tasks.start(handler, far, f"memory {name}")

    async def close() -> None:
        sockets.unplug(name)

    return close, f"memory:{name}"


async def _run(handler: Handler, stream: ByteStream) -> None:
    try:
        await handler(stream)
    finally:
        stream.close()
