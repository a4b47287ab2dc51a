"""The outbox on a directory: numbered, kept, freed, torn, rotten, full."""

from expect import raises
from h24.errors import OutboxFullError
from h24.flash_files import FlashFiles
from h24.outbox import PER_SEGMENT, Outbox

BOOTS = ["%026d" % one for one in range(9)]


class Shelf:
    """A fresh directory for each check."""

    count = 0

    def __init__(self):
        Shelf.count += 1
        self.path = "outbox-%d" % Shelf.count
        self.files = FlashFiles(self.path)
        self.incs = 0

    def new_inc(self):
        self.incs += 1
        return "%026d" % (700 + self.incs)

    def open(self, boot=0, capacity=5000):
        return Outbox(self.files, BOOTS[boot], self.new_inc, capacity)

    def bytes(self, name):
        with open(self.path + "/" + name, "rb") as file:
            return file.read()

    def put(self, name, data):
        with open(self.path + "/" + name, "wb") as file:
            file.write(data)


def fact(number):
    return b"fact %d " % number + b"x" * (number % 50)


def filled(shelf, count, **options):
    outbox = shelf.open(**options)
    for number in range(1, count + 1):
        assert outbox.add(fact(number)) == number
    return outbox


def test_facts_come_back_in_order_with_their_boot():
    shelf = Shelf()
    filled(shelf, 300).close()
    again = shelf.open(1)
    again.add(fact(301))
    rows = again.rows(0, 400)
    assert [(seq, payload) for seq, _, payload in rows] == [(n, fact(n)) for n in range(1, 302)]
    assert [boot for _, boot, _ in rows] == [BOOTS[0]] * 300 + [BOOTS[1]]
    assert (again.inc, shelf.incs) == ("%026d" % 701, 1)


def test_what_is_acknowledged_is_freed_and_never_counted_again():
    shelf = Shelf()
    outbox = filled(shelf, 1000)
    outbox.acknowledge(990)
    outbox.close()
    again = shelf.open(1)
    assert (again.acked, again.last, again.depth) == (990, 1000, 10)
    assert [row[0] for row in again.rows(again.acked, 99)] == list(range(991, 1001))
    assert len(shelf.files.listdir()) <= 5


def test_acknowledgements_of_the_past_and_of_the_future_change_nothing():
    outbox = filled(Shelf(), 10)
    for seq in (11, 0, 5, 3):
        outbox.acknowledge(seq)
    assert (outbox.acked, outbox.depth) == (5, 5)


def test_the_number_goes_on_after_everything_was_acknowledged():
    shelf = Shelf()
    outbox = filled(shelf, 3)
    outbox.acknowledge(3)
    outbox.close()
    for name in shelf.files.listdir():
        if name.endswith(".log"):
            shelf.files.remove(name)
    assert shelf.open(1).add(b"x") == 4


def test_a_torn_last_record_was_never_stored_and_its_number_is_given_again():
    shelf = Shelf()
    filled(shelf, 5).close()
    whole = shelf.bytes("00000001.log")
    start = len(whole) - len(fact(5)) - 10
    for size in range(start, len(whole)):
        shelf.put("00000001.log", whole[:size])
        outbox = shelf.open(1)
        assert outbox.last == 4, size
        assert outbox.add(b"new") == 5
        assert [row[2] for row in outbox.rows(3, 9)] == [fact(4), b"new"]
        outbox.close()
        shelf.files.remove("00000005.log")


def test_one_rotten_record_costs_itself_only():
    shelf = Shelf()
    filled(shelf, 20).close()
    whole = bytearray(shelf.bytes("00000001.log"))
    for place in range(60, len(whole) - 80, 17):
        rotten = bytearray(whole)
        rotten[place] ^= 0x40
        shelf.put("00000001.log", bytes(rotten))
        outbox = shelf.open(1)
        assert outbox.last == 20, place
        lost = [seq for seq, _, payload in outbox.rows(0, 99) if payload is None]
        assert len(lost) == 1, place


def test_a_rotten_cursor_sends_again_and_keeps_the_incarnation():
    shelf = Shelf()
    outbox = filled(shelf, 8)
    outbox.acknowledge(5)
    outbox.close()
    shelf.put("cursor", b"rot")
    again = shelf.open(1)
    assert (again.inc, again.acked, again.last) == ("%026d" % 701, 0, 8)


def test_an_empty_flash_is_a_new_incarnation():
    shelf = Shelf()
    first = shelf.open().inc
    for name in shelf.files.listdir():
        shelf.files.remove(name)
    assert shelf.open().inc != first


def test_five_thousand_facts_fit_and_not_one_more():
    shelf = Shelf()
    shelf.files.sync = lambda file: file.flush()
    outbox = filled(shelf, 4998)
    assert not outbox.is_full
    outbox.add(b"4999")
    assert outbox.is_full
    outbox.add(b"5000")
    raises(OutboxFullError, outbox.add, b"5001")
    outbox.close()
    again = shelf.open(1)
    assert (again.depth, again.is_full) == (5000, True)
    again.acknowledge(100)
    assert not again.is_full
    assert again.rows(4999, 1)[0][2] == b"5000"


def test_a_flash_that_takes_nothing_more_is_full_and_loses_nothing():
    shelf = Shelf()
    outbox = filled(shelf, 5)

    def no_room(file):
        raise OSError(28)

    shelf.files.sync = no_room
    raises(OutboxFullError, outbox.add, b"6")
    assert outbox.is_full and outbox.last == 5
    raises(OutboxFullError, outbox.add, b"6")


def test_the_newest_facts_stay_as_memory_after_they_were_sent():
    shelf = Shelf()
    outbox = filled(shelf, 900)
    outbox.acknowledge(900)
    remembered = list(outbox.history(200))
    assert remembered[-1] == fact(900) and len(remembered) >= PER_SEGMENT
