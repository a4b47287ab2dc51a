"""What everybody in the hall can see: the zones' boards, seen once for all people as they are published."""

import asyncio
from collections.abc import Callable

from contract import codec
from contract.board import CallOnBoard, WindowOnBoard, ZoneBoard
from contract.errors import ContractError
from hallkit.inventory.schema import Hall
from hallkit.runtime.memory_link import MemoryBroker


class Eyes:
    """The newest board of every zone; `on_board` hears each one, `calls` are futures by ticket of those who wait."""

    def __init__(self, hall: Hall, broker: MemoryBroker) -> None:
        self.boards: dict[str, ZoneBoard] = {}
        self.on_board: list[Callable[[ZoneBoard], None]] = []
        self._prefix = f"h24/v1/{hall.hall.name}/board/"
        self._seen = 0
        self._waiting: dict[str, asyncio.Future[CallOnBoard]] = {}
        broker.taps.append(self._tap)

    def window(self, zone: str, number: int) -> WindowOnBoard | None:
        """Return a window as its zone's board shows it."""
        board = self.boards.get(zone)
        found = [one for one in board.windows if one.window == number] if board is not None else []
        return found[0] if found else None

    async def call_of(self, ticket: str, seconds: float | None) -> CallOnBoard | None:
        """Return the next call of a ticket, None after `seconds`."""
        future: asyncio.Future[CallOnBoard] = asyncio.get_running_loop().create_future()
        self._waiting[ticket] = future
        try:
            async with asyncio.timeout(seconds):
                return await future
        except TimeoutError:
            return None
        finally:
            if self._waiting.get(ticket) is future:
                del self._waiting[ticket]

    def _tap(self, topic: str, payload: bytes, retain: bool) -> None:
        if not topic.startswith(self._prefix):
            return
        try:
            board = codec.body_of(codec.decode(payload), ZoneBoard)
        except ContractError:
            return
        self.boards[board.zone] = board
        for call in reversed(board.calls):
            if call.call > self._seen:
                self._seen = call.call
                self._tell(call)
        for look in self.on_board:
            look(board)

    def _tell(self, call: CallOnBoard) -> None:
        future = self._waiting.get(call.ticket)
        if future is not None and not future.done():
            future.set_result(call)
