"""Files over HTTP (RFC 9112, GET, no redirects): read in pieces, every wait with a limit, the length as announced."""

import asyncio

from h24.update_error import UpdateError

PATIENCE = 10
LONGEST_HEAD = 2048
CHUNK = 512


class Body:
    """An open answer; `read` gives the next bytes, none at its end."""

    def __init__(self, reader, writer, left):
        self._reader, self._writer, self._left = reader, writer, left

    async def read(self):
        """Return the next bytes; raise UpdateError where the server ends too early or says nothing."""
        if not self._left:
            return b""
        data = await _within(self._reader.read(min(CHUNK, self._left)))
        if not data:
            raise UpdateError("the download was cut off")
        self._left -= len(data)
        return data

    async def close(self):
        """Close the connection."""
        self._writer.close()
        try:
            await asyncio.wait_for(self._writer.wait_closed(), PATIENCE)
        except (OSError, asyncio.TimeoutError):
            return


async def whole(url, longest):
    """Return a whole file of at most `longest` bytes."""
    body = await fetch(url, longest)
    data = b""
    try:
        while True:
            chunk = await body.read()
            if not chunk:
                return data
            data += chunk
    finally:
        await body.close()


async def fetch(url, longest):
    """Open a file of at most `longest` bytes; raise UpdateError for any other answer than that."""
    host, port, path = parts(url)
    try:
        reader, writer = await _within(asyncio.open_connection(host, port))
    except OSError as error:
        raise UpdateError("%s cannot be reached: %s" % (host, error))
    body = Body(reader, writer, 0)
    try:
        await _ask(writer, host, port, path)
        body._left = await _length(reader, longest)
    except (OSError, UpdateError) as error:
        await body.close()
        raise UpdateError("%s: %s" % (path, error))
    return body


def parts(url):
    """Return host, port and path of an http address; raise UpdateError for another one."""
    if not url.startswith("http://") or len(url) > 200 or not all(["!" <= one <= "~" for one in url]):
        raise UpdateError("not an http address")
    host, _, path = url[7:].partition("/")
    host, _, port = host.partition(":")
    if not host or not all([one in "0123456789" for one in port]):
        raise UpdateError("not an http address")
    return host, int(port or "80"), "/" + path


async def _ask(writer, host, port, path):
    writer.write(("GET %s HTTP/1.0\r\nHost: %s:%d\r\nAccept-Encoding: identity\r\n\r\n" % (path, host, port)).encode())
    await _within(writer.drain())


async def _length(reader, longest):
    """Read the head of an answer; return how many bytes follow."""
    status = (await _within(reader.readline())).split(b" ")
    if len(status) < 2 or not status[0].startswith(b"HTTP/1.") or status[1] != b"200":
        raise UpdateError("the server answers %s" % b" ".join(status)[:40])
    seen, length = 0, None
    while True:
        line = await _within(reader.readline())
        seen += len(line)
        if line in (b"\r\n", b"\n"):
            break
        if not line or seen > LONGEST_HEAD:
            raise UpdateError("the server's answer has no end")
        name, _, value = line.decode().partition(":")
        if name.lower() == "content-length" and value.strip().isdigit():
            length = int(value.strip())
    if length is None or length > longest:
        raise UpdateError("a length of %s" % length)
    return length


async def _within(wait):
    try:
        return await asyncio.wait_for(wait, PATIENCE)
    except asyncio.TimeoutError:
        raise UpdateError("the server says nothing")
