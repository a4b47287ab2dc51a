"""Where commits happen: on one writer thread in a live hall, inline in virtual time."""

import asyncio
import queue
import sys
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol, TypeVar

T = TypeVar("T")

SWITCH_SECONDS = 0.00005
"""How long the loop may keep the interpreter from a commit, several times in each; Python's own is 5 ms."""


class Writer(Protocol):
    """Runs store work one piece after the other."""

    def run(self, work: Callable[[], T]) -> Awaitable[T]:
        """Return, once awaited, what `work` returns, or raise what it raises, after all earlier work."""

    def read(self, work: Callable[[], T]) -> Awaitable[T]:
        """Do the same with work that writes nothing: no full disk stops it."""

    def close(self) -> None:
        """Finish earlier work and stop."""


class InlineWriter:
    """Runs work at once on the caller's own thread."""

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns."""
        return work()

    async def read(self, work: Callable[[], T]) -> T:
        """Return what `work` returns."""
        return work()

    def close(self) -> None:
        """Nothing is left to stop."""


class ThreadWriter:
    """Runs work on one thread of its own, in the order asked."""

    def __init__(self, name: str) -> None:
        self._work: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        sys.setswitchinterval(min(SWITCH_SECONDS, sys.getswitchinterval()))
        self._thread = threading.Thread(target=self._serve, name=f"writer {name}", daemon=True)
        self._thread.start()

    def run(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Hand `work` to the thread now; the future has what it returns."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()

        def carry() -> None:
            try:
                result = work()
            except BaseException as error:
                loop.call_soon_threadsafe(_fail, answer, error)
            else:
                loop.call_soon_threadsafe(_finish, answer, result)

        self._work.put(carry)
        return answer

    def read(self, work: Callable[[], T]) -> asyncio.Future[T]:
        """Hand `work` to the thread now; the future has what it returns."""
        return self.run(work)

    def close(self) -> None:
        """Finish earlier work and stop the thread."""
        self._work.put(None)
        self._thread.join()

    def _serve(self) -> None:
        while (carry := self._work.get()) is not None:
            carry()


def _finish(answer: asyncio.Future[T], result: T) -> None:
    if not answer.done():
        answer.set_result(result)


def _fail(answer: asyncio.Future[T], error: BaseException) -> None:
    if not answer.done():
        answer.set_exception(error)
