"""As much of HTTP/1.1 (RFC 9112) as printing needs: one POST, one answer, whole bodies of bounded size."""

from dataclasses import dataclass, field

LONGEST_HEAD = 16_384
CONTENT_TYPE = "application/ipp"


class HttpError(ValueError):
    """Bytes that are no HTTP message, or one beyond its bounds."""


@dataclass(frozen=True, slots=True)
class HttpMessage:
    """First line, headers by lower-case name, body."""

    first: str
    headers: dict[str, str]
    body: bytes = field(repr=False)

    @property
    def status(self) -> int:
        """Return the status of an answer, 0 if it is none."""
        words = self.first.split(" ", 2)
        return int(words[1]) if words[0].startswith("HTTP/") and len(words) > 1 and words[1].isdecimal() else 0


def encode_post(host: str, path: str, body: bytes) -> bytes:
    """Return a POST of an IPP message."""
    head = f"POST {path} HTTP/1.1\r\nHost: {host}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n"
    return head.encode("ascii") + b"Connection: close\r\n\r\n" + body


def encode_answer(body: bytes, status: str = "200 OK") -> bytes:
    """Return an answer with an IPP message."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {CONTENT_TYPE}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode("ascii") + body


class HttpDecoder:
    """Collects one message after the other; `end` closes one whose body lasts as long as the connection."""

    def __init__(self, longest_body: int = 1 << 20) -> None:
        self._longest = longest_body
        self._held = bytearray()

    @property
    def expects_continue(self) -> bool:
        """Say whether whoever sends waits for leave to send the body."""
        head = bytes(self._held).partition(b"\r\n\r\n")
        return bool(head[1]) and b"\r\nexpect: 100-continue" in head[0].lower()

    def feed(self, data: bytes) -> HttpMessage | None:
        """Take `data`; return the message once it is whole; HttpError."""
        self._held += data
        return self._whole(at_end=False)

    def end(self) -> HttpMessage | None:
        """Return what was held when the connection ended; None if it is not whole; HttpError."""
        return self._whole(at_end=True)

    def _whole(self, *, at_end: bool) -> HttpMessage | None:
        at = self._held.find(b"\r\n\r\n")
        if at < 0:
            if len(self._held) > LONGEST_HEAD:
                raise HttpError("the head has no end")
            return None
        first, headers = _head(bytes(self._held[:at]))
        if first.startswith("HTTP/") and " 100" in first[:13]:
            del self._held[: at + 4]
            return self._whole(at_end=at_end)
        body, used = self._body(headers, at + 4, at_end=at_end, is_answer=first.startswith("HTTP/"))
        if body is None:
            return None
        del self._held[:used]
        return HttpMessage(first, headers, body)

    def _body(self, headers: dict[str, str], at: int, *, at_end: bool, is_answer: bool) -> tuple[bytes | None, int]:
        """Return the body, None while it is not whole, and how many bytes are used up."""
        if headers.get("transfer-encoding", "").lower() == "chunked":
            return self._chunks(at)
        said = headers.get("content-length", "" if is_answer else "0")
        if not said:
            return (bytes(self._held[at:]) if at_end else None), len(self._held)
        if not said.isdecimal() or int(said) > self._longest:
            raise HttpError(f"a body of {said[:20]} bytes")
        end = at + int(said)
        return (bytes(self._held[at:end]) if len(self._held) >= end else None), end

    def _chunks(self, at: int) -> tuple[bytes | None, int]:
        body = bytearray()
        while (end := self._held.find(b"\r\n", at)) >= 0:
            size = _hexadecimal(bytes(self._held[at:end]).partition(b";")[0])
            at = end + 2 + size + 2
            if len(body) + size > self._longest:
                raise HttpError("too long a body")
            if len(self._held) < at:
                return None, 0
            if not size:
                return bytes(body), at
            body += self._held[end + 2 : at - 2]
        return None, 0


def _hexadecimal(data: bytes) -> int:
    try:
        return int(data.strip(), 16)
    except ValueError as error:
        raise HttpError("a chunk without a size") from error


def _head(data: bytes) -> tuple[str, dict[str, str]]:
    try:
        first, *lines = data.decode("latin-1").split("\r\n")
        headers = [line.split(":", 1) for line in lines]
        return first, {name.strip().lower(): value.strip() for name, value in headers}
    except ValueError as error:
        raise HttpError("a header without a colon") from error
