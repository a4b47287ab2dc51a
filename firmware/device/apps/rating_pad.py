"""The rating pad at a service window: five equal grades, reasons, staff card; a press is kept before it is shown."""

import asyncio
import gc

from apps.board import Board
from apps.pad_face import Face, touched
from h24 import moment
from h24.board_scanner import BoardScanner
from h24.envelope import need
from h24.errors import MessageError
from h24.hall_device import done, refused
from h24.rated import Rated
from h24.rating_state import IDLE, REASONS, RatingState, reasons_given
from h24.strips import Strips

LEAD = 0.005
"""Seconds a fact goes ahead of its screen: painting takes longer than the way to the store."""


class RatingPad:
    """One pad, by its settings: window, and zone where it hears whether its window pauses."""

    def __init__(self, settings, hal):
        zone = settings.get("zone")
        self._zone_topic = "h24/v1/%s/board/%s" % (settings["hall"], zone) if zone else ""
        self.board = Board(settings, hal, [self._zone_topic] if zone else [])
        self.state = RatingState(settings["window"])
        self._hal, self._clock, self._device = hal, self.board.clock, self.board.device
        self._face = Face(Strips(settings["strips"], hal.lcd))
        self._scanner = BoardScanner(settings["window"])
        self._rated = Rated()
        self._rated.read(self.board.outbox)
        self._door = None
        if settings.get("service_key") and hal.keys_held():
            from apps.door_keeper import DoorKeeper

            self._door = DoorKeeper(settings, hal, self.board.life, self._clock)
        self._view = {"offline": True, "refused": False, "waiting": 0, "full": False, "mine": None, "elsewhere": None}
        self._wire()

    async def run(self):
        """Serve until a task fails; the caller resets the board."""
        self._answer_left_over()
        self._show()
        await self.board.run()

    def press(self, grade):
        """Take a grade key; True once its rating is on the flash."""
        now, rating = self._clock.now(), self._device.new_id()
        fact = self.state.fact_of_grade(grade, rating, moment.write(now), now)
        if fact is None or self.board.outbox.is_full or self._rated.holds(self.state.service_event):
            return False
        if not self.board.store(fact):
            self.state.rest()
            return False
        self._rated.note(fact[0], dict(fact[1]))
        self.state.graded(grade, rating, now)
        return True

    def touch(self, x, y):
        """Take a touch of the screen."""
        what = touched(self.state.screen, x, y)
        if what is None or self.state.is_over(self._clock.now()):
            return
        if what[0] == "grade":
            self.press(what[1])
        elif what[0] == "reason":
            self.state.tick(what[1])
        else:
            self._answer(what[0] == "submit")
            self.state.thank(self._clock.now())

    def _wire(self):
        board, client = self.board, self._device.client
        board.on_command = self._obey
        board.is_busy = lambda: self.state.screen != IDLE
        hear = client.on_message
        client.on_message = lambda message: self._on_board(message) if self._is_board(message) else hear(message)
        client.on_piece = self._on_board
        client.on_refused = lambda code: self._see(refused=True)
        board.on_link = lambda is_up: self._see(offline=not is_up, refused=False)
        board.on_acknowledged = self._show
        self._beat = board.supervisor.add("keys", self._keys, 30)

    async def _keys(self):
        """Hear keys and keep the screens' time: asleep until a key, the next second of a question, or ten seconds."""
        while True:
            self._beat()
            asking = self.state.until is not None
            event = await self._hal.next_event(0.5 if asking else 10)
            if event is None:
                gc.collect()
            else:
                self._happened(event)
                await asyncio.sleep(LEAD)
            if self.state.is_over(self._clock.now()):
                self._time_is_up()
            self._show()

    def _happened(self, event):
        if event[0] == "key":
            self.press(event[1])
        elif event[0] == "touch":
            self.touch(event[1], event[2])
        elif event[0] == "door" and self._door:
            self._door.hear(*event[1:])

    def _time_is_up(self):
        was = self.state.screen
        self._answer(True)
        self.state.thank(self._clock.now()) if was == REASONS else self.state.rest()

    def _answer(self, is_kept):
        fact = self.state.fact_of_reasons(is_kept)
        if fact is not None and self.board.store(fact):
            self._rated.note(fact[0], dict(fact[1]))

    def _answer_left_over(self):
        if self._rated.open:
            fact = reasons_given(self._rated.open[0], self._rated.open[1], [])
            if self.board.store(fact):
                self._rated.note(fact[0], dict(fact[1]))

    def _obey(self, kind, body):
        if kind == "AskRating":
            return self._ask(body)
        if kind == "SetStaffCard":
            return self._set_card(body)
        raise MessageError("unknown_command", kind[:40])

    def _ask(self, body):
        event, until = need(body, "service_event", str), moment.read(need(body, "until", str))
        need(body, "ticket", str), need(body, "staff", str)
        now = self._clock.now()
        code = self.state.refusal(need(body, "window", int), until, now)
        if not code and self.board.outbox.is_full:
            code = "outbox_full"
        if not code and self._rated.holds(event):
            code = "already_rated"
        if code:
            return refused(code)
        self._answer(True)
        self.state.ask(event, until, now)
        self._hal.wake()
        self._show()
        return done()

    def _set_card(self, body):
        name, staff = body.get("masked_name", ""), need(body, "staff", str)
        if need(body, "window", int) != self.state.window:
            return refused("foreign_window")
        if not isinstance(name, str) or len(name) > 6 or len(staff) > 8 or not self._face.covers(name, staff):
            return refused("missing_glyph")
        self.state.masked_name, self.state.staff = name, staff
        self._show()
        return done()

    def _is_board(self, message):
        return self._zone_topic and message.topic == self._zone_topic

    def _on_board(self, message):
        if not self._is_board(message):
            return
        if not message.at:
            self._scanner.begin()
        self._scanner.feed(message.payload)
        if message.is_last and self._scanner.is_whole:
            mine, others = self._scanner.mine, self._scanner.serving
            if self._scanner.mode == "emergency":
                mine, others = None, []
            window = self.state.window
            nearest = min(others, key=lambda one: (abs(one - window), one)) if others else None
            self._see(mine=mine, elsewhere=nearest)

    def _see(self, **changes):
        self._view.update(changes)
        self._show()

    def _show(self):
        self._view["waiting"], self._view["full"] = self.board.outbox.depth, self.board.outbox.is_full
        self._face.show(self.state, self._view, self._clock.now())
        self._hal.shown(self.state.screen, self._view["waiting"])


async def run(settings, hal):
    """Run the pad until something ends."""
    await RatingPad(settings, hal).run()
