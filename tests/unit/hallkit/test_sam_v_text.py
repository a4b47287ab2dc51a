"""The text block of identity cards: four kinds, rare names, spoilt data."""

import json
from dataclasses import replace
from datetime import date
from importlib.resources import files

import pytest

from hallkit.codecs.sam_v_photo import demonstration_block, demonstration_variant
from hallkit.codecs.sam_v_text import (
    BLOCK_SIZE,
    FLAG_AT,
    LAYOUTS,
    NATIONS,
    CardKind,
    CardTextError,
    decode_address,
    decode_text,
    encode_text,
)
from hallkit.rules.identity import check_identity
from hallkit.rules.sensitive import Sensitive
from simulators.id_cards import CARDS

VECTORS = json.loads(files("contract").joinpath("vectors", "sam_v.json").read_text(encoding="utf-8"))["texts"]
TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_each_kind_of_card_is_read_as_its_layout_says(vector: dict[str, str]) -> None:
    text = decode_text(bytes.fromhex(vector["block"]))
    assert text.kind is CardKind(vector["flag"])
    assert text.name.reveal() == vector["name_on_card"]
    assert text.latin_name.reveal() == vector.get("latin_name", text.latin_name.reveal())
    assert text.number.reveal() == vector["number"]
    assert (text.born.isoformat(), str(text.sex)) == (vector["born"], vector["sex"])
    assert text.valid_from.isoformat() == vector["valid_from"]
    assert (text.valid_to and text.valid_to.isoformat()) == vector["valid_to"]


@pytest.mark.parametrize("name", CARDS)
def test_a_card_says_what_was_written_on_it(name: str) -> None:
    text = CARDS[name].text
    assert decode_text(encode_text(text)) == text


def test_the_fields_of_a_kind_do_not_overlap_and_leave_the_flag_alone() -> None:
    for layout in LAYOUTS.values():
        ends = 0
        for offset, length in sorted(layout.values()):
            assert offset >= ends
            ends = offset + length
        assert ends <= FLAG_AT


def test_the_longest_name_has_fifteen_characters_with_its_dot() -> None:
    name = CARDS["longest_name"].text.name.reveal()
    assert (len(name), name.count("\u00b7")) == (15, 1)
    with pytest.raises(CardTextError, match="cannot hold"):
        encode_text(replace(CARDS["longest_name"].text, name=Sensitive(name + "江")))


def test_a_character_beyond_the_first_plane_stays_one_character() -> None:
    name = decode_text(encode_text(CARDS["rare_name"].text)).name.reveal()
    assert [hex(ord(letter)) for letter in name[2:]] == ["0x36c3", "0x4dae", "0x2cc56"]


def test_a_name_only_its_issuer_can_draw_is_noticed() -> None:
    assert [name for name, card in CARDS.items() if card.text.has_private_characters] == ["private_character"]


def test_validity_and_age_are_those_of_the_day() -> None:
    valid = {name for name, card in CARDS.items() if card.text.is_valid_on(TODAY)}
    assert set(CARDS) - valid == {"expired"}
    assert CARDS["for_ever"].text.valid_to is None
    born = replace(CARDS["resident"].text, born=date(2008, 11, 21))
    assert (born.age_on(TODAY), born.age_on(date(2026, 11, 21))) == (17, 18)


def test_every_number_on_a_simulated_card_is_synthetic() -> None:
    for card in CARDS.values():
        number = card.text.number.reveal()
        if card.text.kind is CardKind.FOREIGNER_2017:
            assert number == "XXX000000000000"
        else:
            assert check_identity(number, today=TODAY, demo=True) == number


def test_nationalities_have_their_numbers() -> None:
    assert (len(NATIONS), NATIONS[0], NATIONS[4], NATIONS[55]) == (56, "汉", "维吾尔", "基诺")
    text = CARDS["resident"].text
    assert [replace(text, nation=code).nation_name for code in ("01", "05", "97", "", "²")] == [
        "汉",
        "维吾尔",
        "",
        "",
        "",
    ]


def spoilt(offset: int, field: str) -> bytes:
    block = bytearray(encode_text(CARDS["resident"].text))
    data = field.encode("utf-16-le", errors="surrogatepass")
    block[offset : offset + len(data)] = data
    return bytes(block)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        bytes(BLOCK_SIZE),
        b"\xff" * BLOCK_SIZE,
        spoilt(FLAG_AT, "Q"),
        spoilt(0, "\ud800 "),
        spoilt(0, "示\n"),
        spoilt(0, "示\u202e"),
        spoilt(0, " " * 15),
        spoilt(30, "7"),
        spoilt(36, "20250230"),
        spoilt(36, "今天今天今天今天"),
        spoilt(122, " " * 18),
        spoilt(204, "永远"),
    ],
    ids=range(13),
)
def test_what_no_card_says_is_refused_without_repeating_it(block: bytes) -> None:
    with pytest.raises(CardTextError) as error:
        decode_text(block)
    assert "示" not in str(error.value)


def test_names_and_numbers_are_in_no_representation() -> None:
    shown = repr(CARDS["resident"].text)
    assert "演示人" not in shown
    assert CARDS["resident"].text.number.reveal() not in shown
    assert "示范路" not in shown
    assert "1984" not in shown


def test_the_newest_address_is_text() -> None:
    assert decode_address("演示路".ljust(35).encode("utf-16-le")) == "演示路"


def test_a_synthetic_picture_is_told_from_a_real_one() -> None:
    assert demonstration_variant(demonstration_block(81)) == 81
    assert demonstration_variant(bytes(1024)) is None
    assert demonstration_variant(demonstration_block(81)[:-1]) is None
