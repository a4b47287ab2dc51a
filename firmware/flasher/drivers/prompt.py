"""Gets an interpreter's attention: whatever the board runs is interrupted until its prompt shows."""

import asyncio

from firmware.flasher.errors import NoAnswerError, PortBusyError, PortGoneError
from hallkit.errors import StreamClosedError, StreamError
from hallkit.transports.stream import ByteStream
from hallkit.transports.url import open_stream

BAUD = 115_200
LEAVE_RAW, INTERRUPT = b"\r\x02", b"\r\x03"
RESTART = b"\x04"
PROMPT = b">>> "
EVERY = 0.25
KEPT = 64


async def catch(stream: ByteStream, limit: float) -> bool:
    """Press Ctrl-C every quarter of a second until a prompt shows; False if none did within `limit` seconds.

    Raise PortGoneError if the line goes.
    """
    try:
        async with asyncio.timeout(limit):
            pressing = asyncio.ensure_future(_press(stream))
            try:
                return await _see_prompt(stream)
            finally:
                pressing.cancel()
                await asyncio.gather(pressing, return_exceptions=True)
    except TimeoutError:
        return False


async def catch_on(port: str, limit: float, then: bytes = b"") -> None:
    """Open a port, catch its prompt, say something there and let go of the port; FlasherError with the cause."""
    try:
        stream = await open_stream(f"serial://{port}?baud={BAUD}")
    except StreamError as error:
        raise PortBusyError(f"{port}: the port cannot be opened: plug the board in, close what else uses it") from error
    try:
        if not await catch(stream, limit):
            raise NoAnswerError(
                f"{port}: no interpreter answers: tap RST and run again, or flash its interpreter first"
            )
        if then:
            await stream.write(then)
    finally:
        stream.close()


async def _press(stream: ByteStream) -> None:
    await stream.write(LEAVE_RAW)
    while True:
        await stream.write(INTERRUPT)
        await asyncio.sleep(EVERY)


async def _see_prompt(stream: ByteStream) -> bool:
    seen = b""
    try:
        while data := await stream.read():
            seen = (seen + data)[-KEPT:]
            if seen.endswith(PROMPT):
                return True
    except StreamClosedError as error:
        raise PortGoneError(f"the port went away: {error}; plug the board in and run again") from error
    raise PortGoneError("the port went away: plug the board in and run the same command again")
