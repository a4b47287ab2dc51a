"""A device's life on the hall's broker: presence, facts, commands and whatever else it hears."""

import asyncio
import gc

from h24 import envelope, ids, moment
from h24.compact_json import dump
from h24.errors import MessageError
from h24.fact_sender import FactSender, pack
from h24.mqtt_client import Account, Client

REMEMBERED = 4
STATE_SECONDS = 900


class HallDevice:
    """One identity. The owner sets `on_command(kind, body)` → (kind, pairs), and may hear other topics.

    `settings` has hall, kind, name, password, version; `life` is what is told of the last reset.
    """

    def __init__(self, settings, hal, clock, boot, outbox, hear=(), life=None):
        self.name, self.clock, self.boot, self.outbox = settings["name"], clock, boot, outbox
        self._random, self._version = hal.random, settings.get("version", "")
        self._root = "h24/v1/%s/%s/%s/" % (settings["hall"], settings["kind"], self.name)
        self._life, self._since, self._faults = dict(life or {}), clock.now(), ()
        self._answers, self._queue, self._wake = [], [], asyncio.Event()
        own = [self._root + "cmd", self._root + "rep"] + ([self._root + "ack"] if outbox else [])
        will = (self._root + "st", self.state("offline"))
        account = Account(self.name, settings["password"], will, own + list(hear))
        self.client = Client(hal.dial, account, lambda: hal.random(1)[0] / 256)
        self.client.on_up, self.client.on_down, self.client.on_message = self._up, self._down, self._hear
        self.sender = FactSender(outbox, self.name, self._send_fact, self.new_id, clock.now) if outbox else None
        self.refused = 0
        self.on_command = lambda kind, body: ("CommandRefused", (("code", "no_commands"),))
        self.on_link = self.beat = lambda *_: None

    def new_id(self):
        """Return a fresh ULID."""
        return ids.ulid(self.clock.now(), self._random(10))

    def report(self, kind, pairs):
        """Store a fact; it is on the flash when this returns, else OutboxFullError."""
        body = pack(self.new_id(), self.clock.now(), self.clock.quality, kind, dump(pairs))
        seq = self.outbox.add(body)
        self.sender.notify()
        return seq

    def tell(self, name, text):
        """Tell a line of the board's health with its state from now on."""
        self._life[name] = text[:120]
        self._say("st", self.state("online"))

    def set_faults(self, *faults):
        """Tell everybody what is wrong now; silent if nothing changed."""
        if faults != self._faults:
            self._faults = faults
            self._say("st", self.state("online"))

    def drained(self):
        """Tell that nothing waits any more, where something did when the state was last told."""
        if self._told_depth and not self.outbox.depth:
            self._say("st", self.state("online"))

    async def run(self):
        """Serve what has to be said until cancelled; client and sender are tasks of their own."""
        passed = 0
        while True:
            self._wake.clear()
            await self._say_all()
            try:
                await asyncio.wait_for(self._wake.wait(), 5)
            except asyncio.TimeoutError:
                passed += 5
            self.beat()
            if passed >= STATE_SECONDS:
                passed = 0
                self._say("st", self.state("online"))

    def state(self, presence):
        """Return the retained state, with what the console wants to know of a board's health."""
        pairs = [("presence", presence), ("boot", self.boot), ("since", moment.write(self._since))]
        pairs += [("version", self._version), ("faults", list(self._faults))]
        self._told_depth = self.outbox.depth if self.outbox else 0
        pairs += [("outbox", self._told_depth)]
        if presence == "online":
            pairs.append(("board", tuple(sorted(self._health().items()))))
        return self._stamp("DeviceState", tuple(pairs))

    def _health(self):
        health = dict(self._life)
        if hasattr(gc, "mem_free"):
            gc.collect()
            health["heap_free"] = gc.mem_free()
        return health

    def _stamp(self, kind, pairs, corr=None):
        head = {"id": self.new_id(), "dev": self.name, "boot": self.boot, "ts": self.clock.now()}
        head["type"], head["clk"], head["corr"] = kind, self.clock.quality, corr
        return envelope.write(head, dump(pairs))

    def _say(self, channel, data):
        """Say a state or a result; of states only the newest is worth saying."""
        if channel == "st":
            self._queue = [one for one in self._queue if one[0] != "st"]
        self._queue = (self._queue + [(channel, data)])[-REMEMBERED:]
        self._wake.set()

    async def _say_all(self):
        while self._queue and self.client.is_up:
            channel, data = one = self._queue[0]
            if not await self.client.publish(self._root + channel, data, 1, channel == "st"):
                return
            if one in self._queue:
                self._queue.remove(one)
            self.beat()

    async def _send_fact(self, data):
        return await self.client.publish(self._root + "ev", data)

    def _up(self):
        self._say("st", self.state("online"))
        if self.sender:
            self.sender.on_up()
        self.on_link(True)

    def _down(self):
        if self.sender:
            self.sender.on_down()
        self.on_link(False)

    def _hear(self, message):
        try:
            if message.topic == self._root + "cmd":
                self._obey(envelope.read(message.payload))
            elif message.topic == self._root + "ack" and self.sender:
                self._acknowledged(envelope.read(message.payload))
            else:
                raise MessageError("channel", message.topic)
        except MessageError:
            self.refused += 1

    def _acknowledged(self, found):
        if found["type"] != "Ack":
            raise MessageError("type", found["type"][:40])
        self.sender.on_ack(found["body"])

    def _obey(self, found):
        answer = next((one for known, one in self._answers if known == found["id"]), None)
        if answer is None:
            kind, pairs = self._carry_out(found)
            answer = self._stamp(kind, pairs, found["id"])
            self._answers = (self._answers + [(found["id"], answer)])[-REMEMBERED:]
        self._say("res", answer)

    def _carry_out(self, found):
        if self.clock.quality == envelope.NONE:
            return refused("clock_unset")
        if found.get("deadline") is None or self.clock.now() > found["deadline"]:
            return refused("late")
        try:
            return self.on_command(found["type"], found["body"])
        except MessageError as error:
            return refused(error.fault)


def refused(code):
    """Return the answer to a command that was not carried out."""
    return "CommandRefused", (("code", code),)


def done():
    """Return the answer to a command that was carried out."""
    return "CommandDone", ()
