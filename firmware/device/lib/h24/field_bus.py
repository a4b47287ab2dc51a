"""A call pad on the RS-485 line: frames of 3 to 6 bytes, and what the pad answers (docs/protocols/field-bus.md). Pure."""

EVERYBODY = 63
POLL, WHO, CENSUS, TICKET, STATE, IDENTIFY, SELECT, ASSIGN = range(8)
IDLE, KEY, IDENTITY, FIGURE, DONE, REFUSED, RESYNC = range(7)
ASK_SIZES = (0, 0, 0, 3, 2, 1, 3, 1)
ANSWER_SIZES = (0, 1, 3, 3, 0, 0, 0)
FOUND = 15
OFF, FREE, CALLING, SERVING, PAUSED, REJECTED, OFFLINE = range(7)
NO_TICKET = 16383
KEPT, BOUNCE_MS, HOLD_MS, OFFLINE_MS = 8, 30, 800, 1000


def crc8(data):
    """Return the CRC-8/AUTOSAR of bytes."""
    crc = 0xFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc << 1 ^ 0x2F) & 0xFF if crc & 0x80 else crc << 1
    return crc ^ 0xFF


def frame(address, is_answer, kind, number=0, data=b""):
    """Return a frame's bytes."""
    body = bytes([0x80 | is_answer << 6 | address, kind << 4 | number]) + bytes(data)
    return body + bytes([crc8(body)])


class Decoder:
    """Turns bytes into (address, is_answer, kind, number, data); what is no frame costs one byte."""

    def __init__(self):
        self._held = b""

    def feed(self, data):
        """Take bytes; return the whole frames in them."""
        self._held += data
        found = []
        while len(self._held) >= 2:
            size = self._size()
            if size and len(self._held) < size:
                break
            if size and crc8(self._held[: size - 1]) == self._held[size - 1]:
                found.append(self._open(size))
                self._held = self._held[size:]
            else:
                self._held = self._held[1:]
        return found

    def _size(self):
        """Return the bytes of the frame that begins here, 0 if none does."""
        first, second = self._held[0], self._held[1]
        if not first & 0x80 or second & 0x80:
            return 0
        sizes, kind = ANSWER_SIZES if first & 0x40 else ASK_SIZES, second >> 4
        if kind >= len(sizes) or any([byte & 0x80 for byte in self._held[2 : 2 + sizes[kind]]]):
            return 0
        return 3 + sizes[kind]

    def _open(self, size):
        first, second = self._held[0], self._held[1]
        return first & 63, first >> 6 & 1, second >> 4, second & 15, bytes(self._held[2 : size - 1])


def pack21(value):
    """Return a value of 21 bits as three data bytes."""
    return bytes([value >> 14 & 127, value >> 7 & 127, value & 127])


def unpack(data):
    """Return the value of data bytes of seven bits."""
    value = 0
    for byte in data:
        value = value << 7 | byte
    return value


def ticket_text(data):
    """Return a ticket like A012, or an empty text for none and for one that cannot be."""
    value = unpack(data)
    number = value & 16383
    if number == NO_TICKET:
        return ""
    letter, digits = value >> 16, (value >> 14 & 3) + 1
    text = str(number)
    if letter > 26 or len(text) > digits:
        return ""
    return (chr(64 + letter) if letter else "") + "0" * (digits - len(text)) + text


def reply_slot(serial, salt):
    """Return which of eight slots of a census is the pad's."""
    return serial * (0x9E3779B1 + 0x3D4D51CA * salt) % (1 << 32) >> 29


class CallPad:
    """The pad: keys that wait until the master took them, what it shows; `now` is monotonic milliseconds."""

    def __init__(self, serial, address, power_ups):
        self.serial, self.address, self.power_ups, self.count = serial, address, power_ups, 0
        self.ticket, self.waiting, self.lamp, self.beeps = "", 0, 0, 0
        self._is_fresh, self._is_sent, self._is_selected = True, False, False
        self._keys, self._down, self._up = [], {}, {}
        self._blinks_until, self._heard_at = 0, None

    def blinks(self, now):
        """Say whether the pad shows which one it is."""
        return now < self._blinks_until

    def is_offline(self, now):
        """Say whether nobody asked the pad for a second."""
        return self._heard_at is None or now - self._heard_at > OFFLINE_MS

    def offline_in(self, now):
        """Return the milliseconds after which the pad is offline unless it is asked before."""
        return OFFLINE_MS + 1 - (now - self._heard_at)

    def contact(self, key, is_closed, now):
        """Take a change of a key's contact: bouncing is one press, 0.8 s down is a second, held event."""
        if is_closed and key not in self._down:
            self._down[key] = now
            if now - self._up.get(key, -BOUNCE_MS) >= BOUNCE_MS:
                self._keep(key, 0, now)
        elif not is_closed and key in self._down:
            since = self._down.pop(key)
            self._up[key] = now
            if now - since >= HOLD_MS:
                self._keep(key, 1, now)

    def hear(self, asked, now):
        """Take a frame of the line; return (answer bytes, slot) or None where this pad says nothing."""
        address, is_answer, kind, number, data = asked
        if is_answer:
            return None
        if address == EVERYBODY:
            return self._hear_everybody(kind, data)
        if address != self.address:
            return None
        self._heard_at = now
        slot = reply_slot(self.serial, number) if kind == CENSUS else 0
        answer = self._answer(kind, number, data, now)
        return None if answer is None else (answer, slot)

    def _answer(self, kind, number, data, now):
        if kind == POLL:
            return self._poll(number, now)
        if kind == WHO:
            return self._who(number)
        if kind == CENSUS:
            return self._say(IDENTITY, number, pack21(self.serial))
        if kind == TICKET:
            self.ticket = ticket_text(data)
        elif kind == STATE:
            value = unpack(data)
            if value >> 1 & 7 > 6:
                return self._say(REFUSED, kind)
            self.waiting, self.lamp, self.beeps = min(value >> 4, 999), value >> 1 & 7, self.beeps + (value & 1)
        elif kind == IDENTIFY:
            self._blinks_until = now + data[0] * 1000
        else:
            return None
        return self._done(kind)

    def _poll(self, taken, now):
        if self._is_sent and taken == (self.count + 1) % 16:
            self._keys.pop(0)
            self.count, self._is_sent = self.count + 1, False
            self._turn_over()
        if self._is_fresh or taken != self.count % 16:
            return self._say(RESYNC)
        if not self._keys:
            return self._say(IDLE, self.count % 16)
        self._is_sent = True
        key, held, since = self._keys[0]
        age = sum([now - since >= limit for limit in (1000, 5000, 30000)])
        return self._say(KEY, (self.count + 1) % 16, bytes([held << 6 | age << 4 | key]))

    def _turn_over(self):
        if self.count >= 1 << 21:
            self.count, self.power_ups, self._is_fresh = 0, self.power_ups + 1, True

    def _who(self, figure):
        if figure > 1:
            return None
        if figure:
            self._is_fresh = False
        return self._say(FIGURE, figure, pack21(self.count if figure else self.power_ups))

    def _hear_everybody(self, kind, data):
        if kind == SELECT:
            self._is_selected = unpack(data) == self.serial
            return (self._done(kind), 0) if self._is_selected else None
        if kind == ASSIGN and self._is_selected:
            self._is_selected, self.address = False, data[0]
            return self._done(kind), 0
        return None

    def _keep(self, key, held, now):
        if self.blinks(now):
            key, self._blinks_until = FOUND, 0
        if len(self._keys) < KEPT and [one[:2] for one in self._keys[-1:]] != [(key, held)]:
            self._keys.append((key, held, now))

    def _done(self, kind):
        return self._say(DONE, kind | (8 if self._keys else 0))

    def _say(self, kind, number=0, data=b""):
        return frame(self.address, 1, kind, number, data)
