"""One window's line out of a zone's board that is longer than a device's memory: read as it comes by. Pure."""

from h24.compact_json import load

LONGEST = 320


class BoardScanner:
    """Fed with pieces of a ZoneBoard envelope, remembers the objects of `windows` that concern it.

    After the last piece `mine` is our window's object or None, `serving` the numbers of windows that serve,
    `mode` the hall's mode; `is_whole` says whether the text ended where a message ends.
    """

    def __init__(self, window):
        self._window = window
        self.begin()

    def begin(self):
        """Forget the board read before."""
        self.mine, self.serving, self.mode, self.is_whole = None, [], "", False
        self._path, self._quoted, self._escaped = [], False, False
        self._word, self._name, self._object = bytearray(), b"", None

    def feed(self, data):
        """Read a piece."""
        for byte in data:
            self._byte(byte)

    def _byte(self, byte):
        if self._object is not None:
            if len(self._object) < LONGEST:
                self._object.append(byte)
        if self._quoted:
            self._inside(byte)
        elif byte == 0x22:
            self._quoted, self._word = True, bytearray()
        elif byte in b"[{":
            self._open(byte)
        elif byte in b"]}":
            self._close()
        elif byte == 0x3A:
            self._name = bytes(self._word)

    def _inside(self, byte):
        if byte == 0x22 and not self._escaped:
            self._quoted = False
            if self._name == b"mode" and self._path == [b"", b"body"]:
                self.mode, self._name = self._word.decode(), b""
        elif len(self._word) < 24:
            self._word.append(byte)
        self._escaped = byte == 0x5C and not self._escaped

    def _open(self, byte):
        self._path.append(self._name)
        self._name = b""
        if self._path == [b"", b"body", b"windows", b""]:
            self._object = bytearray([byte])

    def _close(self):
        if self._path == [b"", b"body", b"windows", b""] and self._object is not None:
            self._take(bytes(self._object))
            self._object = None
        if self._path:
            self._path.pop()
        self._name, self.is_whole = b"", not self._path

    def _take(self, data):
        try:
            found = load(data)
        except ValueError:
            return
        number = found.get("window")
        if number == self._window:
            self.mine = found
        elif isinstance(number, int) and found.get("state") in ("free", "calling", "serving"):
            self.serving.append(number)
