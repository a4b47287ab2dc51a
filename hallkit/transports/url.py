"""Byte streams by URL: `serial:///dev/ttyUSB0?baud=9600`, `tcp://`, `udp://`, `pty:`, `memory:`."""

from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

from hallkit.errors import StreamError
from hallkit.transports.memory import Cable, MemoryStream, memory_pair
from hallkit.transports.sockets import open_tcp, open_udp
from hallkit.transports.stream import ByteStream
from hallkit.transports.tty import open_serial


class Sockets:
    """Where `memory:` names meet: a simulator listens, a driver opens; one per hall under test."""

    def __init__(self) -> None:
        self._listeners: dict[str, MemoryListener] = {}

    def listen(self, name: str, cable: Cable | None = None) -> "MemoryListener":
        """Return the listener behind `memory:name`, with `cable` between it and whoever opens it."""
        listener = MemoryListener(cable or Cable())
        self._listeners[name] = listener
        return listener

    def unplug(self, name: str) -> "MemoryListener | None":
        """Take the device away and return its side: opening fails until it is plugged back or another listens."""
        listener = self._listeners.pop(name, None)
        if listener is not None:
            listener.close()
        return listener

    def plug_back(self, name: str, listener: "MemoryListener") -> None:
        """Bring back what was unplugged."""
        self._listeners[name] = listener

    def open(self, name: str) -> MemoryStream:
        """Return the near end of a new cable to `name`; raise StreamError if nobody listens."""
        if name not in self._listeners:
            raise StreamError(f"nothing is plugged into memory:{name}")
        return self._listeners[name].connect()


class MemoryListener:
    """The device's side of a memory socket: the far end of every opened cable goes to `on_accept`."""

    def __init__(self, cable: Cable) -> None:
        self.cable = cable
        self._far_ends: list[MemoryStream] = []
        self.on_accept: Callable[[MemoryStream], None] = lambda _: None

    def connect(self) -> MemoryStream:
        """Return the near end; the far end goes to whoever serves."""
        near, far = memory_pair(self.cable)
        self._far_ends = [*(end for end in self._far_ends if not end.is_closed), far]
        self.on_accept(far)
        return near

    def close(self) -> None:
        """Close every cable."""
        for end in self._far_ends:
            end.close()
        self._far_ends.clear()


async def open_stream(url: str, sockets: Sockets | None = None) -> ByteStream:
    """Open the stream a URL names; raise StreamError saying what to check."""
    parts = urlsplit(url)
    query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
    if parts.scheme in ("tcp", "udp"):
        if parts.hostname is None or parts.port is None:
            raise StreamError(f"{url} needs a host and a port")
        return await (open_tcp if parts.scheme == "tcp" else open_udp)(parts.hostname, parts.port)
    if parts.scheme == "serial":
        return open_serial(parts.path, int(query.get("baud", "9600")), query.get("parity", "N"))
    if parts.scheme == "pty":
        return open_serial(parts.path, int(query.get("baud", "115200")))
    if parts.scheme == "memory" and sockets is not None:
        return sockets.open(parts.path)
    raise StreamError(f"{url}: unknown scheme; use serial, tcp, udp, pty or, in one process, memory")
