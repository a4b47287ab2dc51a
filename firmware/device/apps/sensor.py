"""Presence, doors and temperature: a change that lasts is a fact on the flash, told once whatever happens to the link."""

from apps.board import Board
from h24 import moment
from h24.compact_json import load
from h24.fact_sender import unpack
from h24.hysteresis import Contact, Level

HISTORY = 256
EVERY_MS = 5000


class Input:
    """One input by its settings: sensor, kind, pin, settle in ms; low and high where it measures a level."""

    def __init__(self, settings):
        self.name, self.kind, self.pin = settings["sensor"], settings["kind"], settings["pin"]
        settle = settings.get("settle", 50)
        self._rule = Level(settings["low"], settings["high"], settle) if "high" in settings else Contact(settle)
        self._is_level = "high" in settings
        self.told = None

    def read(self, value, now):
        """Take a reading; None where the input gives none."""
        if value is not None:
            self._rule.read(value if self._is_level else bool(value), now)

    def due(self, now):
        """Return the milliseconds until the next reading."""
        settling = self._rule.due(now)
        return EVERY_MS if settling is None else min(settling, EVERY_MS)

    def news(self):
        """Return the settled state if it is not the one told last, else None."""
        return None if self._rule.active == self.told else self._rule.active


class Sensor:
    """A board with inputs; `settings["inputs"]` lists them."""

    def __init__(self, settings, hal):
        self.board = Board(settings, hal)
        self._hal, self._clock = hal, self.board.clock
        self.inputs = [Input(one) for one in settings["inputs"]]
        self._remember()
        self._beat = self.board.supervisor.add("inputs", self._keep, 30)

    async def run(self):
        """Serve until a task fails; the caller resets the board."""
        await self.board.run()

    async def _keep(self):
        """Read the inputs: asleep until an edge wakes the board, a change may count, or a level is looked at again."""
        while True:
            self._beat()
            self.look()
            now = self._clock.monotonic()
            await self._hal.next_event(min([one.due(now) for one in self.inputs]) / 1000)

    def look(self):
        """Read every input once and store what changed; what finds no room is told when there is some."""
        now = self._clock.monotonic()
        for one in self.inputs:
            one.read(self._hal.probe(one.pin), now)
            active = one.news()
            if active is not None and not self.board.outbox.is_full and self.board.store(self._fact(one, active)):
                one.told = active
        states = " ".join(["%s=%d" % (one.name, one.told) for one in self.inputs if one.told is not None])
        self._hal.shown(states, self.board.outbox.depth)

    def _fact(self, one, active):
        pairs = [("sensor", one.name), ("kind", one.kind), ("active", active)]
        return "SensorChanged", tuple(pairs + [("at", moment.write(self._clock.now()))])

    def _remember(self):
        """Take from the flash what was told last, so that a start alone is no news."""
        told = {}
        for payload in self.board.outbox.history(HISTORY):
            kind, text = unpack(payload)[3:]
            if kind == "SensorChanged":
                body = load(text.encode())
                told[body["sensor"]] = body["active"]
        for one in self.inputs:
            one.told = told.get(one.name)


async def run(settings, hal):
    """Run the sensor until something ends."""
    await Sensor(settings, hal).run()
