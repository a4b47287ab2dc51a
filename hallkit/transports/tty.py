"""Serial lines: a real port by pyserial, and the master side of a pseudo terminal for simulators."""

import asyncio
import os
import pty
import termios
import tty
from pathlib import Path

import serial

from hallkit.errors import StreamClosedError, StreamError

READ_SIZE = 4096
MOST_UNREAD = 65_536
"""Bytes kept for a reader that is slow; more stay with the system."""


class FdStream:
    """A byte stream over a non-blocking descriptor; `gone` errors end it quietly on read, loudly on write.

    The descriptor stays with the loop's selector from the first read on, so that a polled line costs no system call
    but the reads themselves; one reader at a time.
    """

    def __init__(self, fd: int, closing: "serial.Serial | None" = None) -> None:
        self._fd = fd
        self._closing = closing
        self._closed = self._gone = self._listening = False
        self._loop = asyncio.get_running_loop()
        self._unread = bytearray()
        self._reading: asyncio.Future[None] | None = None
        self._writing: asyncio.Future[None] | None = None
        os.set_blocking(fd, False)

    async def read(self) -> bytes:
        """Return at least one byte; `b""` once the far end is gone."""
        while not self._closed:
            if self._unread:
                data = bytes(self._unread)
                self._unread.clear()
                return data
            if self._gone:
                self._gone = False
                return b""
            if not self._listening:
                self._listening = True
                self._loop.add_reader(self._fd, self._receive)
            self._reading = self._loop.create_future()
            await self._reading
        return b""

    async def write(self, data: bytes) -> None:
        """Write all of `data`; raise StreamClosedError if the line is gone."""
        rest = memoryview(data)
        while rest:
            if self._closed:
                raise StreamClosedError("the serial line is closed")
            try:
                rest = rest[os.write(self._fd, rest) :]
            except BlockingIOError:
                await self._writable()
            except OSError as error:
                raise StreamClosedError(f"the serial line is gone: {error}") from error

    def close(self) -> None:
        """Close the line; a waiting read returns `b""`."""
        if self._closed:
            return
        self._closed = True
        self._loop.remove_reader(self._fd)
        self._loop.remove_writer(self._fd)
        for waiter in (self._reading, self._writing):
            _wake(waiter)
        if self._closing is not None:
            self._closing.close()
        else:
            os.close(self._fd)

    def _receive(self) -> None:
        try:
            data = os.read(self._fd, READ_SIZE)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        self._unread += data
        self._gone = not data
        if self._gone or len(self._unread) >= MOST_UNREAD:
            self._listening = False
            self._loop.remove_reader(self._fd)
        _wake(self._reading)

    async def _writable(self) -> None:
        self._writing = self._loop.create_future()
        self._loop.add_writer(self._fd, _wake, self._writing)
        try:
            await self._writing
        finally:
            if not self._closed:
                self._loop.remove_writer(self._fd)


def _wake(waiter: asyncio.Future[None] | None) -> None:
    if waiter is not None and not waiter.done():
        waiter.set_result(None)


def open_serial(path: str, baud: int, parity: str = "N") -> FdStream:
    """Open a serial port exclusively, 8 data bits, 1 stop bit; raise StreamError with the cause."""
    try:
        port = serial.Serial(path, baud, parity=parity, timeout=0, exclusive=True)
        _wait_for_a_byte(port.fileno())
    except (serial.SerialException, OSError, termios.error, ValueError) as error:
        raise StreamError(
            f"cannot open {path}: {error}; is it plugged in, and does another program hold it?"
        ) from error
    return FdStream(port.fileno(), port)


def _wait_for_a_byte(fd: int) -> None:
    """Make an empty read say "not yet" instead of "gone", which VMIN 0 does."""
    attributes = termios.tcgetattr(fd)
    attributes[6][termios.VMIN] = 1
    termios.tcsetattr(fd, termios.TCSANOW, attributes)


class PtyPort:
    """A pseudo terminal behind a symlink: what a simulator plugs its device into.

    Unplugging removes the link and closes the master; plugging in again makes a new one under the same name.
    """

    def __init__(self, link: Path) -> None:
        self._link = link
        self._slave = -1
        self.stream: FdStream | None = None

    def plug_in(self) -> FdStream:
        """Create the terminal and its link; return the device's end."""
        master, self._slave = pty.openpty()
        tty.setraw(self._slave)
        self._link.parent.mkdir(parents=True, exist_ok=True)
        self._link.unlink(missing_ok=True)
        self._link.symlink_to(os.ttyname(self._slave))
        self.stream = FdStream(master)
        return self.stream

    def unplug(self) -> None:
        """Take the device away, as pulling its cable does."""
        self._link.unlink(missing_ok=True)
        if self.stream is not None:
            self.stream.close()
            self.stream = None
        if self._slave >= 0:
            os.close(self._slave)
            self._slave = -1
