"""Identity numbers: what a card can bear, what a demonstration takes."""

from datetime import date

import pytest

from hallkit.devices.card_reader import Card
from hallkit.rules.identity import IdentityError, check_character, check_document, check_identity

TODAY = date(2026, 9, 14)


def number(first17: str) -> str:
    return first17 + check_character(first17)


def test_the_check_character_is_that_of_the_standards_own_example() -> None:
    assert check_character("11010519491231002") == "X"


def test_a_demonstration_takes_synthetic_numbers_only_and_a_real_hall_never() -> None:
    synthetic, allocated = number("00000019900101001"), number("99000019900101001")
    assert check_identity(synthetic.lower(), today=TODAY, demo=True) == synthetic
    assert check_identity(allocated, today=TODAY, demo=False) == allocated
    for wrong, demo in ((synthetic, False), (allocated, True)):
        with pytest.raises(IdentityError, match="synthetic"):
            check_identity(wrong, today=TODAY, demo=demo)


@pytest.mark.parametrize(
    "wrong",
    ["", "1" * 17, number("00000019900231001"), number("00000020270101001"), number("00000018990101001"), "0" * 18],
)
def test_a_number_no_card_can_bear_is_refused_without_repeating_it(wrong: str) -> None:
    with pytest.raises(IdentityError) as caught:
        check_identity(wrong, today=TODAY, demo=True)
    assert not wrong or wrong not in str(caught.value)


@pytest.mark.parametrize("place", range(17))
def test_one_wrong_digit_is_always_found(place: int) -> None:
    right = number("00000019900101001")
    wrong = right[:place] + str((int(right[place]) + 1) % 10) + right[place + 1 :]
    with pytest.raises(IdentityError):
        check_identity(wrong, today=TODAY, demo=True)


def test_a_card_never_shows_its_number_where_it_might_be_logged() -> None:
    assert "1990" not in repr(Card(number("00000019900101001")))


def test_the_number_of_a_foreigners_permit_of_2017_has_fifteen_characters() -> None:
    synthetic, allocated = "XXX000000000000", "ABC000000000000"
    assert check_document(synthetic, today=TODAY, demo=True) == synthetic
    assert check_document(allocated, today=TODAY, demo=False) == allocated
    for wrong, demo in ((synthetic, False), (allocated, True), ("XXX00000000000 ", True), (number("0" * 17), True)):
        with pytest.raises(IdentityError):
            check_document(wrong, today=TODAY, demo=demo)
