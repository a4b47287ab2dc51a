"""The outbox with the power cut at every write, sync, rename and removal, clean and torn."""

from h24.outbox import Outbox


class PowerCutError(Exception):
    """The board has no power any more; nothing on it may go on."""


class Medium:
    """Files in memory; after `left` operations the power goes, in the middle of a write if `is_torn`."""

    def __init__(self):
        self.files, self.left, self.is_torn, self.operations = {}, 1 << 30, False, 0

    def change(self, name, data):
        """Make a file's new content, or half of what changed, or nothing."""
        self.operations += 1
        self.left -= 1
        if self.left >= 0:
            self.files[name] = data
            return
        if self.is_torn and data is not None:
            old = self.files.get(name, b"") if data.startswith(self.files.get(name, b"x")) else b""
            self.files[name] = old + data[len(old) : len(old) + (len(data) - len(old)) // 2]
        raise PowerCutError()

    def open(self, name, mode):
        return File(self, name, mode)

    def listdir(self):
        return sorted(self.files)

    def rename(self, old, new):
        self.change(new, self.files[old])
        del self.files[old]

    def remove(self, name):
        self.change(name, None)
        del self.files[name]

    def sync(self, file):
        file.sync()


class File:
    """An open file: what was written is on the medium when it is synchronised."""

    def __init__(self, medium, name, mode):
        self._medium, self._name, self._at, self._mode = medium, name, 0, mode
        self._data = b"" if mode == "wb" else medium.files.get(name, b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        return False

    def read(self, count):
        data = self._data[self._at : self._at + count]
        self._at += len(data)
        return data

    def seek(self, at):
        self._at = at

    def tell(self):
        return self._at

    def write(self, data):
        self._data += data

    def sync(self):
        self._medium.change(self._name, self._data)


def opened(medium, boot):
    return Outbox(medium, "%026d" % boot, lambda: "%026d" % (900 + boot))


def live(medium, stored, acked):
    outbox = opened(medium, 1)
    for number in range(1, 400):
        stored.append(outbox.add(b"fact %d" % number))
        if number % 150 == 0:
            outbox.acknowledge(number - 2)
            acked.append(number - 2)
    return outbox


def check_cut(cut, is_torn):
    medium, stored, acked = Medium(), [0], [0]
    medium.left, medium.is_torn = cut, is_torn
    try:
        live(medium, stored, acked)
        raise AssertionError("the power was never cut")
    except PowerCutError:
        pass
    medium.left = 1 << 30
    again = opened(medium, 2)
    assert stored[-1] <= again.last <= stored[-1] + 1, cut
    assert acked[-1] <= again.acked, cut
    rows = [(seq, payload) for seq, _, payload in again.rows(again.acked, 999)]
    assert rows == [(seq, b"fact %d" % seq) for seq in range(again.acked + 1, again.last + 1)], cut
    before = again.last
    assert again.add(b"after") == before + 1
    assert again.rows(before, 1)[0][2] == b"after", cut


def test_no_stored_fact_is_lost_wherever_the_power_is_cut():
    medium = Medium()
    live(medium, [], [])
    places = list(range(12)) + list(range(120, 135)) + list(range(146, medium.operations, 23))
    for is_torn in (False, True):
        for cut in places + [medium.operations - 1]:
            check_cut(cut, is_torn)
