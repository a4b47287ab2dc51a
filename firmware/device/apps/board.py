"""What every device on the broker is put together from; the watchdog sees every task of it."""

import asyncio

from h24 import moment
from h24.errors import DeviceError, MessageError
from h24.flash_files import FlashFiles
from h24.hall_device import HallDevice, done, refused
from h24.ids import token
from h24.life import Life
from h24.outbox import CAPACITY, Outbox
from h24.supervisor import Supervisor
from h24.wall_clock import WallClock


class Board:
    """Clock, lives, outbox, device and supervisor of one board; an app adds its own task and runs it."""

    def __init__(self, settings, hal, hear=()):
        self.hal, self.settings = hal, settings
        self.clock = WallClock(hal.ticks_ms)
        self.life = Life(hal.root + "/life", hal.reset_cause())
        boot = token(hal.random(16))
        files = FlashFiles(hal.root + "/outbox")
        self.outbox = Outbox(files, boot, lambda: token(hal.random(16)), settings.get("capacity", CAPACITY))
        self.device = HallDevice(settings, hal, self.clock, boot, self.outbox, hear, self.life.told())
        self.gate = self._open_gate() if settings.get("on_trial") else None
        self.supervisor = Supervisor(self.clock.monotonic, hal.feed, self.life.keep)
        self.on_link = self.on_acknowledged = lambda *_: None
        self.on_command = lambda kind, body: refused("unknown_command")
        self.is_busy = lambda: False
        self._release, self._trial_seq = "", 0
        self._add_tasks()

    async def run(self):
        """Run until a task ends; the caller resets the board."""
        if self.gate and not self.outbox.is_full:
            version = self.settings.get("version", "")
            tried = (("version", version), ("at", moment.write(self.clock.now())))
            self._trial_seq = self.device.report("ReleaseTried", tried)
        await self.supervisor.run()

    def store(self, fact):
        """Store a (type, pairs) fact; False and a fault to the console if the flash takes no more."""
        try:
            self.device.report(fact[0], fact[1])
            return True
        except DeviceError:
            self.tell_room()
            return False

    def tell_room(self):
        """Tell the console whether the outbox is full."""
        self.device.set_faults(*(("outbox_full",) if self.outbox.is_full else ()))

    def _add_tasks(self):
        device, add = self.device, self.supervisor.add
        device.client.beat = add("link", device.client.run, 60)
        device.sender.beat = add("facts", device.sender.run, 120)
        device.beat = add("words", device.run, 60)
        self._clock_beat = add("clock", self._keep_clock, 60)
        device.on_command = self._obey
        device.sender.on_acknowledged = self._acknowledged
        device.on_link = self._linked

    def _linked(self, is_up):
        if self.gate:
            self.gate.seen(connected=is_up)
        self.on_link(is_up)

    def _acknowledged(self):
        if self.gate:
            self.gate.seen(acknowledged=self.outbox.acked >= self._trial_seq)
        self.tell_room()
        self.device.drained()
        self.on_acknowledged()

    def _obey(self, kind, body):
        if kind != "InstallRelease":
            return self.on_command(kind, body)
        url = body.get("url")
        if not isinstance(url, str):
            raise MessageError("body", "url is missing")
        if self._release or (self.gate and self.gate.is_open):
            return refused("busy")
        self._release = url
        return done()

    def _open_gate(self):
        from h24.trial import open_gate

        return open_gate(self.settings, self.hal.root, self.clock.monotonic())

    async def _keep_up_to_date(self):
        """Install the release that was commanded; the code for it is loaded only then."""
        from apps.release_desk import install

        await install(self, self._release, self._clock_beat)
        self._release = ""

    async def _keep_clock(self):
        """Ask for the time until it is known, then every hour; look whether a release on trial has run out of time."""
        due = 0
        while True:
            self._clock_beat()
            if self.clock.monotonic() >= due:
                found = await self.hal.wall_time()
                if found is not None:
                    self.clock.set(*found)
                due = self.clock.monotonic() + (3600000 if found else 10000)
            if self._release:
                await self._keep_up_to_date()
            if self.gate and self.gate.is_over(self.clock.monotonic()):
                raise DeviceError("the release on trial did not prove itself")
            await asyncio.sleep(2)
