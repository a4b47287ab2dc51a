"""The clerk's call pad on the RS-485 line: keys wait until the bridge stored them, the display says who is next."""

import asyncio
import hashlib

from apps.call_face import CallFace
from h24 import field_bus as bus
from h24.flash_files import FlashFiles
from h24.life import Life
from h24.strips import Strips
from h24.supervisor import Supervisor
from h24.trial import open_gate
from h24.wall_clock import WallClock

SLOT_US = 2562.5
LIMIT21 = (1 << 21) - 1


class CallPadApp:
    """One pad by its settings: serial (else from the chip), address (until the line gives another), strips."""

    def __init__(self, settings, hal):
        self._hal, self._clock = hal, WallClock(hal.ticks_ms)
        self._files = FlashFiles(hal.root + "/pad")
        self._life = Life(hal.root + "/life", hal.reset_cause())
        address = self._kept_address(settings.get("address", 0))
        self.pad = bus.CallPad(settings.get("serial") or _serial(hal.unique_id()), address, self._life.boots & LIMIT21)
        self._face = CallFace(Strips(settings["strips"], hal.lcd))
        self._decoder, self._wake = bus.Decoder(), asyncio.Event()
        self.gate = open_gate(settings, hal.root, self._clock.monotonic()) if settings.get("on_trial") else None
        self.supervisor = Supervisor(self._clock.monotonic, hal.feed, self._life.keep)
        self._line_beat = self.supervisor.add("line", self._listen, 30)
        self._keys_beat = self.supervisor.add("keys", self._keys, 30)
        self._face_beat = self.supervisor.add("face", self._show, 30)

    async def run(self):
        """Serve until a task ends; the caller resets the board."""
        await self.supervisor.run()

    async def _listen(self):
        """Hear the line; an answer goes out before anything else is done."""
        while True:
            self._line_beat()
            for asked in self._decoder.feed(await self._hal.line.read(5)):
                await self._hear(asked)

    async def _hear(self, asked):
        pad, now = self.pad, self._clock.monotonic()
        address, power_ups = pad.address, pad.power_ups
        said = pad.hear(asked, now)
        if pad.power_ups != power_ups:
            self._life.set_boots(pad.power_ups)
        if said is None:
            return
        await self._hal.line.say(said[0], int(said[1] * SLOT_US))
        if pad.address != address:
            # The master waits 3 ms for the answer, a flash takes longer: said first, kept at once afterwards.
            self._keep_address(pad.address)
        if asked[2] in (bus.TICKET, bus.STATE, bus.IDENTIFY) or self._face.is_offline:
            self._wake.set()
        if self.gate and asked[2] in (bus.POLL, bus.TICKET, bus.STATE):
            self.gate.seen(connected=asked[2] == bus.POLL, acknowledged=asked[2] != bus.POLL)

    async def _keys(self):
        """Hear the keys' contacts."""
        while True:
            self._keys_beat()
            event = await self._hal.next_event(10)
            if event is not None and event[0] == "contact":
                self.pad.contact(event[1], event[2], self._clock.monotonic())
                self._wake.set()

    async def _show(self):
        """Bring the display to what the pad knows: when that changes, and when it was not asked for a second."""
        while True:
            self._face_beat()
            if self.gate and self.gate.is_over(self._clock.monotonic()):
                return
            self._wake.clear()
            pad, now = self.pad, self._clock.monotonic()
            await self._face.show(pad, now)
            self._hal.signal(bus.OFFLINE if pad.is_offline(now) else pad.lamp, pad.beeps)
            self._hal.shown(self._face.text(), pad.waiting)
            try:
                await asyncio.wait_for(self._wake.wait(), self._face.patience(pad, now) / 1000)
            except asyncio.TimeoutError:
                continue

    def _kept_address(self, first):
        if "address" not in self._files.listdir():
            return first
        with self._files.open("address", "rb") as file:
            found = file.read(2)
        return found[0] if len(found) == 2 and found[0] ^ found[1] == 255 else first

    def _keep_address(self, address):
        with self._files.open("address.new", "wb") as file:
            file.write(bytes([address, address ^ 255]))
            self._files.sync(file)
        self._files.rename("address.new", "address")


def _serial(unique):
    """Return the 21 bits a chip's own number gives, never nought."""
    return int.from_bytes(hashlib.sha256(unique).digest()[:4], "big") % LIMIT21 + 1


async def run(settings, hal):
    """Run the pad until something ends."""
    await CallPadApp(settings, hal).run()
