"""The service door at the board's console: open to a technician who held the keys and signed this start's nonce."""

from binascii import hexlify, unhexlify

from h24.errors import ServiceOpenedError
from h24.service_door import ServiceDoor


class DoorKeeper:
    """Hears `door` (asks for what to sign) and `door HEX` (its signature); built only where the keys were held."""

    def __init__(self, settings, hal, life, clock):
        self._hal, self._clock, self._life = hal, clock, life
        key = unhexlify(settings["service_key"])
        self._door = ServiceDoor(settings["name"], key, hal.random(16), self._record, clock.monotonic())

    def hear(self, signature=""):
        """Take a line of the console; raise ServiceOpenedError for the right signature in time."""
        now = self._clock.monotonic()
        if not signature:
            asked = self._door.challenge(True, now)
            self._hal.say("door sign " + hexlify(asked).decode() if asked else "door closed")
        elif self._is_right(signature, now):
            self._hal.say("door open")
            raise ServiceOpenedError("a technician was let in")
        else:
            self._hal.say("door closed")

    def _record(self, what):
        self._life.tampered(what, self._clock.now())

    def _is_right(self, signature, now):
        try:
            return self._door.answer(unhexlify(signature), now)
        except ValueError:
            return False
