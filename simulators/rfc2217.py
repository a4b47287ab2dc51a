"""A serial port behind Telnet (RFC 2217, COM-PORT-OPTION): the far end sees DTR and RTS, which a pty cannot carry."""

from dataclasses import dataclass, field

IAC, DONT, DO, WONT, WILL, SB, SE = 255, 254, 253, 252, 251, 250, 240
BINARY, ECHO, SUPPRESS_GO_AHEAD, COM_PORT = 0, 1, 3, 44
OPTIONS = (BINARY, ECHO, SUPPRESS_GO_AHEAD, COM_PORT)
SET_CONTROL, PURGE, ANSWER = 5, 12, 100
LINES = {8: ("dtr", True), 9: ("dtr", False), 11: ("rts", True), 12: ("rts", False)}
LONGEST = 256


@dataclass(slots=True)
class Heard:
    """What some bytes meant: data for the port, bytes to answer, and (dtr, rts) after each change of a line."""

    data: bytearray = field(default_factory=bytearray)
    answer: bytearray = field(default_factory=bytearray)
    lines: list[tuple[bool, bool]] = field(default_factory=list)


class TelnetPort:
    """The server's side of the protocol, without a socket."""

    def __init__(self) -> None:
        self.dtr = self.rts = False
        self._unread = bytearray()
        self._agreed: list[tuple[int, int]] = []

    def feed(self, data: bytes) -> Heard:
        """Return what bytes, cut anyhow, meant."""
        self._unread += data
        heard = Heard()
        while self._unread:
            at = self._unread.find(IAC)
            plain = len(self._unread) if at < 0 else at
            heard.data += self._unread[:plain]
            del self._unread[:plain]
            if not self._unread or not self._command(heard):
                break
        return heard

    @staticmethod
    def encode(data: bytes) -> bytes:
        """Return `data` as it goes to the client."""
        return data.replace(b"\xff", b"\xff\xff")

    def _command(self, heard: Heard) -> bool:
        """Take one command off the front; False if its end has not come yet."""
        if len(self._unread) < 2:
            return False
        kind = self._unread[1]
        if kind == IAC:
            heard.data.append(IAC)
            size = 2
        elif kind == SB:
            size = self._subnegotiation(heard)
        elif kind in (WILL, WONT, DO, DONT):
            size = 3 if len(self._unread) >= 3 else 0
            if size:
                heard.answer += self._negotiate(kind, self._unread[2])
        else:
            size = 2
        del self._unread[:size]
        return size > 0

    def _negotiate(self, kind: int, option: int) -> bytes:
        wanted = {WILL: DO, DO: WILL}.get(kind)
        if wanted is None:
            return b""
        if option not in OPTIONS:
            return bytes((IAC, DONT if kind == WILL else WONT, option))
        if (kind, option) in self._agreed:
            return b""
        self._agreed.append((kind, option))
        return bytes((IAC, wanted, option))

    def _subnegotiation(self, heard: Heard) -> int:
        end = self._unread.find(bytes((IAC, SE)))
        if end < 0:
            return len(self._unread) if len(self._unread) > LONGEST else 0
        body = bytes(self._unread[2:end]).replace(b"\xff\xff", b"\xff")
        if len(body) >= 2 and body[0] == COM_PORT:
            heard.answer += self._set(body[1], body[2:], heard)
        return end + 2

    def _set(self, code: int, value: bytes, heard: Heard) -> bytes:
        if code == SET_CONTROL and value[:1] and value[0] in LINES:
            line, state = LINES[value[0]]
            setattr(self, line, state)
            heard.lines.append((self.dtr, self.rts))
        body = bytes((COM_PORT, code + ANSWER)) + self.encode(value)
        return bytes((IAC, SB)) + body + bytes((IAC, SE))
