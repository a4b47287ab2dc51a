"""One window's line out of a zone's board that is longer than a device's memory: read as it comes by. Pure."""

from h24.compact_json import load

LONGEST = 320
_BODY, _WINDOW = [b"", b"body"], [b"", b"body", b"windows", b""]
_QUEUE = [b"", b"body", b"queues", b""]


class BoardScanner:
    """Fed with pieces of a ZoneBoard envelope, remembers the objects of `windows` that concern it.

    After the last piece `mine` is our window's object or None, `serving` the numbers of windows that serve,
    `mode` the hall's mode, `as_of` the board's moment as text, `gives_tickets` whether a queue is open, `reopens` the
    first moment one opens again or an empty text; `is_whole` says whether the text ended where a message ends.
    """

    def __init__(self, window):
        self._window = window
        self.begin()

    def begin(self):
        """Forget the board read before."""
        self.mine, self.serving, self.mode, self.is_whole = None, [], "", False
        self.as_of, self.reopens, self.gives_tickets = "", "", False
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
        elif byte == 0x2C:
            self._name = b""

    def _inside(self, byte):
        if byte == 0x22 and not self._escaped:
            self._quoted = False
            if self._name and self._path[:2] == _BODY:
                self._value()
        elif len(self._word) < 32:
            self._word.append(byte)
        self._escaped = byte == 0x5C and not self._escaped

    def _value(self):
        """Take a text that stands behind a name."""
        name, word = self._name, self._word.decode()
        if self._path == _BODY:
            if name == b"mode":
                self.mode = word
            elif name == b"as_of":
                self.as_of = word
        elif self._path == _QUEUE:
            if name == b"state":
                self.gives_tickets |= word == "open"
            elif name == b"reopens":
                self.reopens = min(self.reopens or word, word)
        self._name = b""

    def _open(self, byte):
        self._path.append(self._name)
        self._name = b""
        if self._path == _WINDOW:
            self._object = bytearray([byte])

    def _close(self):
        if self._path == _WINDOW and self._object is not None:
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
