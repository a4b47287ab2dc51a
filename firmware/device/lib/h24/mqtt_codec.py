"""MQTT 3.1.1 packets (OASIS standard 2014) as a small client needs them. Pure; every length is bounded.

A message longer than the cap is never kept: it is handed on in pieces, so that a device can read the one line of a
long board that concerns it, and a message nobody wants costs no memory.
"""

import struct

from h24.errors import ProtocolError

CAP = 1024
"""Bytes of the longest message kept whole."""

_LONGEST_TOPIC = 256
CONNACK, PUBLISH, PUBACK, SUBACK, PINGRESP = 2, 3, 4, 9, 13
PING, DISCONNECT = b"\xc0\x00", b"\xe0\x00"
_FLAGLESS = (CONNACK, PUBACK, SUBACK, PINGRESP)


def _text(value):
    data = value if isinstance(value, (bytes, bytearray)) else value.encode()
    return struct.pack(">H", len(data)) + data


def _packet(first, body):
    size, left = b"", len(body)
    while True:
        left, seven = left >> 7, left & 127
        size += bytes([seven | (128 if left else 0)])
        if not left:
            return bytes([first]) + size + body


def connect(client, user, password, keepalive, will):
    """Return a CONNECT with a clean session; `will` is (topic, payload), kept by the broker at QoS 1."""
    body = _text("MQTT") + bytes([4, 0xE6]) + struct.pack(">H", keepalive)
    return _packet(0x10, body + _text(client) + _text(will[0]) + _text(will[1]) + _text(user) + _text(password))


def publish(topic, payload, qos=0, pid=0, retain=False):
    """Return a PUBLISH at QoS 0 or 1."""
    number = struct.pack(">H", pid) if qos else b""
    return _packet(0x30 | qos << 1 | bool(retain), _text(topic) + number + payload)


def again(packet):
    """Return the same PUBLISH marked as a repetition."""
    return bytes([packet[0] | 8]) + packet[1:]


def puback(pid):
    """Return the PUBACK of a packet id."""
    return struct.pack(">BBH", 0x40, 2, pid)


def subscribe(pid, filters):
    """Return a SUBSCRIBE at QoS 1."""
    return _packet(0x82, struct.pack(">H", pid) + b"".join([_text(one) + b"\x01" for one in filters]))


class Message:
    """A PUBLISH, or a piece of a long one: `at` is where its payload begins, `is_last` whether that is all."""

    def __init__(self, topic, qos, pid, retain):
        self.topic, self.qos, self.pid, self.retain = topic, qos, pid, retain
        self.payload, self.at, self.is_last = b"", 0, True


class Decoder:
    """Turns bytes, cut anyhow, into (kind, value) pairs; raises ProtocolError once the stream makes no sense."""

    def __init__(self, cap=CAP):
        self._cap = cap
        self._held = bytearray()
        self._left = 0
        self._piece = None

    def feed(self, data):
        """Take bytes from the wire; return what they complete."""
        self._held.extend(data)
        found = []
        while True:
            one = self._take_piece() if self._piece else self._take()
            if one is None:
                return found
            found.append(one)

    def _take(self):
        head = self._head()
        if head is None:
            return None
        first, start, size = head
        if first >> 4 == PUBLISH and size > self._cap + _LONGEST_TOPIC:
            return self._begin_pieces(first, start, size)
        if first >> 4 != PUBLISH and size > 64:
            raise ProtocolError("a packet of kind %d with %d bytes" % (first >> 4, size))
        if len(self._held) < start + size:
            return None
        body = bytes(self._held[start : start + size])
        self._drop(start + size)
        return _open(first, body)

    def _head(self):
        """Return the first byte, where the body starts and its size; None while they are not here yet."""
        size, shift, place = 0, 0, 1
        while place < len(self._held):
            byte = self._held[place]
            size |= (byte & 127) << shift
            place, shift = place + 1, shift + 7
            if not byte & 128:
                return self._held[0], place, size
            if shift > 21:
                raise ProtocolError("a length of more than four bytes")
        return None

    def _begin_pieces(self, first, start, size):
        if len(self._held) < start + 2:
            return None
        long = struct.unpack(">H", self._held[start : start + 2])[0]
        if long > _LONGEST_TOPIC:
            raise ProtocolError("a topic of %d bytes" % long)
        begin = 2 + long + (2 if first & 6 else 0)
        if len(self._held) < start + begin:
            return None
        message = _message(first, bytes(self._held[start : start + begin]))
        self._drop(start + begin)
        self._piece, self._left = message, size - begin
        return self._take_piece()

    def _take_piece(self):
        count = min(len(self._held), self._left)
        if not count:
            return None
        old = self._piece
        now = Message(old.topic, old.qos, old.pid, old.retain)
        now.at, now.payload = old.at, bytes(self._held[:count])
        self._drop(count)
        self._left -= count
        old.at += count
        now.is_last = not self._left
        if now.is_last:
            self._piece = None
        return "piece", now

    def _drop(self, count):
        self._held = self._held[count:]


def _open(first, body):
    kind = first >> 4
    if kind == PUBLISH:
        return "message", _message(first, body)
    if kind not in _FLAGLESS or first & 15:
        raise ProtocolError("first byte 0x%02x" % first)
    if kind == PINGRESP and not body:
        return "pong", None
    if kind == CONNACK and len(body) == 2 and body[0] < 2:
        return "connack", body[1]
    if kind == PUBACK and len(body) == 2:
        return "puback", struct.unpack(">H", body)[0]
    if kind == SUBACK and len(body) > 2 and all([one in (0, 1, 2, 128) for one in body[2:]]):
        return "suback", (struct.unpack(">H", body[:2])[0], max(body[2:]))
    raise ProtocolError("kind %d with %d bytes" % (kind, len(body)))


def _message(first, body):
    qos = (first >> 1) & 3
    if qos > 1 or (first & 8 and not qos):
        raise ProtocolError("a message at QoS %d that nobody asked for" % qos)
    if len(body) < 2:
        raise ProtocolError("a message without a topic")
    end = 2 + struct.unpack(">H", body[:2])[0]
    start = end + (2 if qos else 0)
    if end == 2 or start > len(body):
        raise ProtocolError("a message whose topic does not fit")
    try:
        topic = body[2:end].decode()
    except UnicodeError:
        raise ProtocolError("a topic that is no text")
    pid = struct.unpack(">H", body[end:start])[0] if qos else 0
    if "+" in topic or "#" in topic or "\x00" in topic or (qos and not pid):
        raise ProtocolError("a message with a topic or packet id nobody may use")
    message = Message(topic, qos, pid, bool(first & 1))
    message.payload = body[start:]
    return message
