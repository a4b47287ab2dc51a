"""The simulated ESP32 behind an RFC 2217 server, where DTR and RTS reach EN and IO0."""

from hallkit.transports.stream import ByteStream
from simulators.esp32_rom import SimulatedEsp32, serve
from simulators.rfc2217 import TelnetPort


class ControlledLine:
    """The plain bytes of a Telnet stream; changes of its lines go to the board in between."""

    def __init__(self, stream: ByteStream, board: SimulatedEsp32) -> None:
        self._stream, self._board = stream, board
        self._port = TelnetPort()

    async def read(self) -> bytes:
        """Return the port's next bytes; `b""` once the far end is gone."""
        while data := await self._stream.read():
            heard = self._port.feed(data)
            if heard.answer:
                await self._stream.write(bytes(heard.answer))
            for dtr, rts in heard.lines:
                self._board.lines(dtr, rts)
            if heard.data:
                return bytes(heard.data)
        return b""

    async def write(self, data: bytes) -> None:
        """Send the board's bytes; raise StreamClosedError if the far end is gone."""
        await self._stream.write(self._port.encode(data))

    def close(self) -> None:
        """Hang up."""
        self._stream.close()


async def serve_rfc2217(board: SimulatedEsp32, stream: ByteStream) -> None:
    """Serve the board to one RFC 2217 client; the next one finds it as it was left."""
    await serve(board, ControlledLine(stream, board))
