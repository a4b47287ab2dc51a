"""Facts on the flash until the hall store has them: numbered, checked, cut off anywhere and whole again.

A directory of segments, each named by its first number: a header (incarnation and boot, with CRC), then records of
length, number, CRC and payload. A start begins a new segment, so nothing is ever written behind a torn record. The
cursor is a small file replaced by renaming; segments wholly behind it are removed, the newest of them kept as memory.
"""

import struct
from binascii import crc32

from h24.errors import OutboxFullError

CAPACITY = 5000
PER_SEGMENT = 128
KEPT_SEGMENTS = 2
LONGEST = 1024
_HEAD = ">HII"
_HEAD_SIZE = 10
_TOP = b"H24O"
_TOP_SIZE = 4 + 26 + 26 + 4


class Outbox:
    """`files` has open, listdir, rename, remove and sync(file); `new_inc()` is asked when there is no store yet."""

    def __init__(self, files, boot, new_inc, capacity=CAPACITY):
        self._files, self._boot, self._capacity = files, boot, capacity
        self.inc, self.acked = self._read_cursor()
        self._firsts = sorted([int(name[:8], 16) for name in files.listdir() if _is_segment(name)])
        if not self.inc:
            self.inc = self._inc_of_segments() or new_inc()
            self.acked = self._firsts[0] - 1 if self._firsts else 0
            self._write_cursor()
        self.last = max(self.acked, self._last_written())
        self._in_segment = PER_SEGMENT
        self._place = (0, 0, 0)
        self.is_broken = False

    @property
    def depth(self):
        """Return how many facts wait."""
        return self.last - self.acked

    @property
    def is_full(self):
        """Say whether the next press could not be stored; a rating needs room for its reasons too."""
        return self.is_broken or self.depth + 2 > self._capacity

    def add(self, payload):
        """Store one fact and return its number; on the flash when this returns, else OutboxFullError."""
        if self.depth >= self._capacity or self.is_broken:
            raise OutboxFullError("%d facts wait" % self.depth)
        if len(payload) > LONGEST:
            raise ValueError("a fact of %d bytes" % len(payload))
        seq = self.last + 1
        try:
            self._append(seq, payload)
        except OSError as error:
            self.is_broken = True
            raise OutboxFullError("the flash takes nothing more: %s" % error)
        self.last = seq
        return seq

    def acknowledge(self, seq):
        """Forget facts up to `seq`; what was not ours to acknowledge changes nothing."""
        if self.acked < seq <= self.last:
            self.acked = seq
            self._write_cursor()
            self._remove_old()

    def rows(self, after, count):
        """Return up to `count` (number, boot, payload) behind `after`; payload None where the flash rotted."""
        found = []
        while after < self.last and len(found) < count:
            row = self._row(after + 1)
            found.append(row)
            after += 1
        return found

    def history(self, count):
        """Yield the payloads of about the last `count` facts still on the flash, sent or not, oldest first."""
        for first in self._firsts[-(count // PER_SEGMENT + 2) :]:
            for seq, payload in self._records(first):
                if payload is not None and seq <= self.last:
                    yield payload

    def close(self):
        """Begin a new segment at the next fact."""
        self._in_segment = PER_SEGMENT

    def _append(self, seq, payload):
        data = b""
        if self._in_segment >= PER_SEGMENT:
            data = self._new_segment(seq)
        body = struct.pack(">I", seq) + payload
        with self._files.open("%08x.log" % self._firsts[-1], "wb" if data else "ab") as file:
            file.write(data + struct.pack(_HEAD, len(payload), seq, crc32(body)) + payload)
            self._files.sync(file)
        self._in_segment += 1

    def _new_segment(self, seq):
        if seq not in self._firsts:
            self._firsts.append(seq)
        self._in_segment = 0
        top = _TOP + self.inc.encode() + self._boot.encode()
        return top + struct.pack(">I", crc32(top))

    def _row(self, seq):
        first = max([one for one in self._firsts if one <= seq] or [0])
        if not first:
            return seq, self._boot, None
        with self._files.open("%08x.log" % first, "rb") as file:
            boot = _read_top(file)[1] or self._boot
            place = self._place
            begin, number = (place[1], place[2]) if place[0] == first and place[2] <= seq else (_TOP_SIZE, first)
            file.seek(begin)
            for found, payload in _records(file, number):
                if found >= seq:
                    break
            else:
                return seq, boot, None
            if found == seq:
                self._place = (first, file.tell(), seq + 1)
            return seq, boot, payload if found == seq else None

    def _records(self, first):
        with self._files.open("%08x.log" % first, "rb") as file:
            if _read_top(file)[0]:
                for one in _records(file, first):
                    yield one

    def _last_written(self):
        for first in reversed(self._firsts):
            last = 0
            for seq, _ in self._records(first):
                last = seq
            if last:
                return last
        return 0

    def _inc_of_segments(self):
        for first in reversed(self._firsts):
            with self._files.open("%08x.log" % first, "rb") as file:
                inc = _read_top(file)[0]
            if inc:
                return inc
        return ""

    def _remove_old(self):
        done = [one for one, following in zip(self._firsts, self._firsts[1:]) if following <= self.acked + 1]
        for first in done[:-KEPT_SEGMENTS]:
            self._files.remove("%08x.log" % first)
            self._firsts.remove(first)

    def _read_cursor(self):
        if "cursor" not in self._files.listdir():
            return "", 0
        with self._files.open("cursor", "rb") as file:
            data = file.read(34)
        if len(data) != 34 or struct.unpack(">I", data[30:])[0] != crc32(data[:30]):
            return "", 0
        return data[:26].decode(), struct.unpack(">I", data[26:30])[0]

    def _write_cursor(self):
        data = self.inc.encode() + struct.pack(">I", self.acked)
        with self._files.open("cursor.new", "wb") as file:
            file.write(data + struct.pack(">I", crc32(data)))
            self._files.sync(file)
        self._files.rename("cursor.new", "cursor")


def _is_segment(name):
    return len(name) == 12 and name.endswith(".log")


def _read_top(file):
    """Return incarnation and boot of a segment, or empty texts if its header is torn."""
    top = file.read(_TOP_SIZE)
    if len(top) != _TOP_SIZE or top[:4] != _TOP or struct.unpack(">I", top[56:])[0] != crc32(top[:56]):
        return "", ""
    return top[4:30].decode(), top[30:56].decode()


def _records(file, number):
    """Yield (number, payload) from here on; where bytes rotted, go on at the next record that is whole."""
    while True:
        start = file.tell()
        payload = _record(file, number)
        if payload is None:
            start, number = _resume(file, start, number)
            if not number:
                return
            file.seek(start)
            payload = _record(file, number)
        yield number, payload
        number += 1


def _record(file, number):
    head = file.read(_HEAD_SIZE)
    if len(head) < _HEAD_SIZE:
        return None
    size, seq, check = struct.unpack(_HEAD, head)
    if seq != number or size > LONGEST:
        return None
    payload = file.read(size)
    if len(payload) != size or crc32(struct.pack(">I", seq) + payload) != check:
        return None
    return payload


def _resume(file, start, number):
    """Return place and number of the first whole record behind `start`, or (0, 0): the rest is a torn tail."""
    while True:
        file.seek(start + 1)
        chunk = file.read(512)
        for place in range(len(chunk) - 5):
            seq = struct.unpack(">I", chunk[place + 2 : place + 6])[0]
            if number < seq <= number + PER_SEGMENT:
                file.seek(start + 1 + place)
                if _record(file, seq) is not None:
                    return start + 1 + place, seq
        if len(chunk) < 512:
            return 0, 0
        start += 500
