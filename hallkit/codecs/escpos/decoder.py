"""The printer's ear: bytes cut anyhow become commands; real-time commands are heard wherever they stand."""

import re

from hallkit.codecs.escpos import commands as c
from hallkit.codecs.escpos.grammar import INCOMPLETE, UNKNOWN, Command, build, length

_REAL_TIME = re.compile(rb"\x10(?:\x04[\x01-\x04]|\x05[\x01\x02]|" + re.escape(c.CLEAR_BUFFERS[1:]) + rb")", re.DOTALL)
_LONGEST_REAL_TIME = len(c.CLEAR_BUFFERS)
_TEXT = re.compile(rb"[\x20-\x7e\x80-\xff]+")
_LEADS = b"\x1b\x1c\x1d\x10"
_SILENT = b"\r\x00"


class CommandDecoder:
    """Turns bytes into commands and counts those that are none.

    A real-time command is returned as soon as its last byte arrives, even in the middle of another command, whose data
    it then stays (that is how the printers do it); at a command boundary it is taken out. `ClearBuffers` also forgets
    every byte before it that is not yet a whole command.
    """

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._recent = b""
        self.unknown = 0

    @property
    def pending(self) -> int:
        """Return the number of bytes kept for a command that is not whole yet."""
        return len(self._buffer)

    def feed(self, data: bytes) -> list[Command]:
        """Return the commands that `data` completes, real-time ones first within the part they came in."""
        decoded: list[Command] = []
        seen = self._recent + data
        start = len(self._recent)
        rest = 0
        for match in _REAL_TIME.finditer(seen):
            rest = match.end()
            decoded.append(_real_time(match.group()))
            if isinstance(decoded[-1], c.ClearBuffers):
                self._take(seen[start : max(start, match.start())], decoded, before=len(decoded) - 1)
                self._buffer.clear()
                start = match.end()
        self._recent = seen[rest:][-(_LONGEST_REAL_TIME - 1) :]
        self._take(seen[start:], decoded, before=len(decoded))
        return decoded

    def _take(self, data: bytes, decoded: list[Command], before: int) -> None:
        self._buffer += data
        decoded[before:before] = self._parse()

    def _parse(self) -> list[Command]:
        found: list[Command] = []
        view = bytes(self._buffer)
        at = 0
        while at < len(view):
            size, command = self._next(view, at)
            if size == INCOMPLETE:
                break
            at += size
            if command is not None:
                found.append(command)
        del self._buffer[:at]
        return found

    def _next(self, view: bytes, at: int) -> tuple[int, Command | None]:
        if text := _TEXT.match(view, at):
            return len(text.group()), c.Text(text.group())
        byte = view[at : at + 1]
        if byte == b"\n":
            return 1, c.LineFeed()
        if byte in _LEADS:
            return self._command(view, at)
        self.unknown += byte not in _SILENT
        return 1, None

    def _command(self, view: bytes, at: int) -> tuple[int, Command | None]:
        size = length(view[at : at + 300])
        if size == UNKNOWN:
            self.unknown += 1
            return 1, None
        if size == INCOMPLETE or at + size > len(view):
            return INCOMPLETE, None
        whole = view[at : at + size]
        return size, (None if whole[:2] in (b"\x10\x04", b"\x10\x05") else build(whole))


def _real_time(data: bytes) -> Command:
    if data[1] == 0x04:
        return c.AskStatus(data[2])
    return c.Recover(clear=data[2] == 2) if data[1] == 0x05 else c.ClearBuffers()
