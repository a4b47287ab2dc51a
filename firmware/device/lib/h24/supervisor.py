"""Tasks under a watchdog that is fed only while every one of them is alive.

A task beats when it gets through its loop. While one has been silent longer than it may be, the dog is not fed, and the
name of the silent task is written where the reset cannot take it.
"""

import asyncio

from h24.task_end import end

EVERY = 1


class Supervisor:
    """`feed()` feeds the hardware's watchdog, `note(text)` keeps a line over a reset, `clock` is monotonic ms."""

    def __init__(self, clock, feed, note):
        self._clock, self._feed, self._note = clock, feed, note
        self._limits, self._seen, self._work = {}, {}, []
        self._is_noted = False

    def add(self, name, work, limit):
        """Take a task in: `work` is a coroutine function, `limit` the seconds it may be silent; return its beat."""
        self._limits[name], self._seen[name] = limit * 1000, self._clock()
        self._work.append((name, work))
        return lambda *_: self._beat(name)

    async def run(self):
        """Run every task until one ends or fails, which is told like a silence; then raise what it raised."""
        tasks = [asyncio.create_task(self._guard(name, work)) for name, work in self._work]
        try:
            while not any([task.done() for task in tasks]):
                self.look()
                await asyncio.sleep(EVERY)
            for task in tasks:
                if task.done():
                    await task
        finally:
            for task in tasks:
                await end(task)

    def look(self):
        """Feed the dog if everybody was seen in time; else say once who was not."""
        late = self.silent()
        if not late:
            self._feed()
            self._is_noted = False
        elif not self._is_noted:
            self._is_noted = True
            self._note("silent %s" % late)

    def silent(self):
        """Return the name of a task that is silent too long, or an empty text."""
        now = self._clock()
        for name, seen in sorted(self._seen.items()):
            if now - seen > self._limits[name]:
                return name
        return ""

    def _beat(self, name):
        self._seen[name] = self._clock()

    async def _guard(self, name, work):
        try:
            await work()
        except asyncio.CancelledError:
            raise
        except Exception as error:
            self._note("failed %s %s %s" % (name, type(error).__name__, error))
            raise
        self._note("ended %s" % name)
