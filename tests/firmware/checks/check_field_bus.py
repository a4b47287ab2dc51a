"""The call pad against the vectors the bridge and the simulated line are tested with."""

from binascii import unhexlify

from expect import vectors
from h24 import field_bus as bus

VECTORS = vectors("field_bus.json")
ASKS = ("POLL", "WHO", "CENSUS", "TICKET", "STATE", "IDENTIFY", "SELECT", "ASSIGN")
ANSWERS = ("IDLE", "KEY", "IDENTITY", "FIGURE", "DONE", "REFUSED", "RESYNC")


def raw(text):
    return unhexlify(text.replace(" ", ""))


def kind_of(name):
    return (1, ANSWERS.index(name)) if name in ANSWERS else (0, ASKS.index(name))


def test_frames_are_the_vectors_bytes_both_ways():
    for one in VECTORS["frames"]:
        is_answer, kind = kind_of(one["kind"])
        data = bytes(one["data"])
        assert bus.frame(one["address"], is_answer, kind, one["number"], data) == raw(one["hex"]), one["name"]
        wanted = [(one["address"], is_answer, kind, one["number"], data)]
        assert bus.Decoder().feed(raw(one["hex"])) == wanted, one["name"]
        decoder = bus.Decoder()
        assert sum([decoder.feed(bytes([byte])) for byte in b"\x00\xff" + raw(one["hex"])], []) == wanted, one["name"]
        if one["kind"] == "TICKET":
            assert bus.ticket_text(data) == (one["ticket"] or ""), one["name"]


def test_damaged_frames_are_none():
    for one in VECTORS["damaged"]:
        assert bus.Decoder().feed(raw(one["hex"])) == [], one["name"]


def test_reply_slots_are_the_vectors():
    for one in VECTORS["reply_slots"]:
        assert bus.reply_slot(one["serial"], one["salt"]) == one["slot"]


def test_dialogues_are_spoken_as_written():
    keys = {"next": 1, "finish": 4}
    for one in VECTORS["dialogues"]:
        pad = bus.CallPad(1007, 7, 300)
        answers = [bus.Decoder().feed(raw(text))[0] for who, text in one["says"] if who.startswith("pad")]
        pad.count = [number for _, _, kind, number, _ in answers if kind == bus.KEY][0] - 1
        pad._is_fresh = False
        pad.contact(keys[one["presses"][0]], True, 0)
        heard = None
        for who, text in one["says"]:
            if who.startswith("master"):
                if "lost" not in who:
                    heard = pad.hear(bus.Decoder().feed(raw(text))[0], 10)[0]
            elif heard is not None:
                kind = raw(text)[1] >> 4
                if heard[1] >> 4 == kind:
                    assert heard == raw(text), one["name"]


def test_a_pad_that_started_says_so_until_it_is_asked_for_its_count():
    pad = bus.CallPad(1007, 7, 300)
    poll = bus.Decoder().feed(bus.frame(7, 0, bus.POLL))[0]
    assert pad.hear(poll, 0)[0] == raw("c7 60 80")
    assert pad.hear((7, 0, bus.WHO, 0, b""), 0)[0] == raw("c7 30 00 02 2c bf")
    pad.hear((7, 0, bus.WHO, 1, b""), 0)
    assert pad.hear(poll, 0)[0] == raw("c7 00 15")
    assert pad.is_offline(1500) and not pad.is_offline(900)


def test_a_bouncing_key_is_one_press_and_a_long_one_is_held():
    pad = bus.CallPad(1, 1, 1)
    for at, closed in ((0, True), (3, False), (5, True), (9, False), (12, True), (900, False)):
        pad.contact(7, closed, at)
    assert [one[:2] for one in pad._keys] == [(7, 0), (7, 1)]


def test_a_blinking_pad_answers_any_key_with_found():
    pad = bus.CallPad(1, 1, 1)
    pad.hear((1, 0, bus.IDENTIFY, 0, b"\x14"), 0)
    pad.contact(3, True, 100)
    assert pad._keys[0][0] == bus.FOUND and not pad.blinks(200)


def test_a_new_pad_gets_its_address_by_its_serial():
    pad, other = bus.CallPad(1007, 0, 1), bus.CallPad(1008, 0, 1)
    select = (63, 0, bus.SELECT, 0, bus.pack21(1007))
    assert pad.hear(select, 0) and other.hear(select, 0) is None
    assign = (63, 0, bus.ASSIGN, 0, b"\x08")
    assert pad.hear(assign, 0)[0][:1] == b"\xc8" and other.hear(assign, 0) is None
    assert (pad.address, other.address) == (8, 0)


def test_a_ticket_that_cannot_be_is_none():
    assert bus.ticket_text(bus.pack21(27 << 16 | 2 << 14 | 42)) == ""
    assert bus.ticket_text(bus.pack21(1 << 16 | 0 << 14 | 42)) == ""
    assert bus.ticket_text(bus.pack21(1 << 16 | 2 << 14 | 42)) == "A042"
