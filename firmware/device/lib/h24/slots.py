"""Which of the folders /a and /b runs: two alternating records with number and CRC, the newer whole one counts.

A new release starts on trial and has a few boots to prove itself; the start code, which no update touches, counts them
and goes back by itself. Nothing here trusts a single write.
"""

import struct
from binascii import crc32

TRIAL_BOOTS = 3
_SHAPE = ">4sIBBBII"
_SIZE = 23
_MARK = b"H24S"
RUNNING, TRIAL = 0, 1


class Slots:
    """`files` holds the records; `active` is the slot to run, `state` RUNNING or TRIAL, `counters` the releases in them."""

    def __init__(self, files):
        self._files = files
        self.number, self.active, self.state, self.boots, self.counters = 0, 0, RUNNING, 0, [0, 0]
        for name in ("slot0", "slot1"):
            self._read(name)

    @property
    def folder(self):
        """Return the name of the folder that runs."""
        return "ab"[self.active]

    @property
    def spare(self):
        """Return the number of the slot that does not run."""
        return 1 - self.active

    @property
    def counter(self):
        """Return the newest release known to be good: no older one comes in without a signed exception."""
        return self.counters[self.active if self.state == RUNNING else self.spare]

    def start(self):
        """Count a boot; return the folder to run. A release on trial that used its boots is left for the old one."""
        if self.state == TRIAL:
            if self.boots >= TRIAL_BOOTS:
                self.give_up()
            else:
                self.boots += 1
                self._write()
        return self.folder

    def try_spare(self, counter):
        """Let the release in the spare folder run on trial from the next start."""
        self.counters[self.spare] = counter
        self.active, self.state, self.boots = self.spare, TRIAL, 0
        self._write()

    def confirm(self):
        """Keep the release on trial: it has proved itself."""
        if self.state == TRIAL:
            self.state, self.boots = RUNNING, 0
            self._write()

    def give_up(self):
        """Go back to the release that ran before."""
        if self.state == TRIAL:
            self.active, self.state, self.boots = self.spare, RUNNING, 0
            self._write()

    def _read(self, name):
        if name not in self._files.listdir():
            return
        with self._files.open(name, "rb") as file:
            data = file.read(_SIZE + 1)
        if len(data) != _SIZE or struct.unpack(">I", data[-4:])[0] != crc32(data[:-4]):
            return
        mark, number, active, state, boots, one, two = struct.unpack(_SHAPE, data[:-4])
        if mark == _MARK and number > self.number and active < 2 and state < 2:
            self.number, self.active, self.state, self.boots = number, active, state, boots
            self.counters = [one, two]

    def _write(self):
        self.number += 1
        shape = (_MARK, self.number, self.active, self.state, self.boots, self.counters[0], self.counters[1])
        data = struct.pack(_SHAPE, *shape)
        with self._files.open("slot%d" % (self.number % 2), "wb") as file:
            file.write(data + struct.pack(">I", crc32(data)))
            self._files.sync(file)
