import pytest

from queue_caller.core.numerals import UnspeakableNumberError, english_number, mandarin_number
from queue_caller.core.phrase import Language, call_phrase, evacuation_phrase


def spoken(ticket: str, window: int, language: Language = Language.MANDARIN) -> str:
    return " | ".join(clause.spoken for clause in call_phrase(ticket, window, language).clauses)


def test_a_call_is_read_with_yao_for_one_and_ling_for_zero() -> None:
    assert call_phrase("A001", 3, Language.MANDARIN).text == "请A零零幺号到三号窗口办理"
    assert spoken("A001", 3) == "qing3 A ling2 ling2 yao1 hao4 | dao4 san1 hao4 chuang1 kou3 ban4 li3"


def test_a_call_in_english_names_ticket_and_window_in_words() -> None:
    assert call_phrase("A001", 3, Language.ENGLISH).text == "Ticket A zero zero one, please go to window three"


def test_the_letter_a_is_not_read_as_an_article() -> None:
    assert spoken("A001", 3, Language.ENGLISH).startswith("Ticket A, zero")


def test_a_hall_may_read_one_as_yi() -> None:
    assert call_phrase("K118", 12, Language.MANDARIN, yao=False).text == "请K一一八号到十二号窗口办理"


def test_every_digit_and_a_dash_in_a_ticket() -> None:
    assert call_phrase("c-2345", 1, Language.MANDARIN).text == "请C二三四五号到一号窗口办理"
    assert call_phrase("E6789", 20, Language.MANDARIN).text == "请E六七八九号到二十号窗口办理"


@pytest.mark.parametrize(
    "number, written, said, english",
    [
        (1, "一", "yi1", "one"),
        (10, "十", "shi2", "ten"),
        (12, "十二", "shi2 er4", "twelve"),
        (20, "二十", "er4 shi2", "twenty"),
        (26, "二十六", "er4 shi2 liu4", "twenty-six"),
        (100, "一百", "yi4 bai3", "one hundred"),
        (103, "一百零三", "yi4 bai3 ling2 san1", "one hundred and three"),
        (110, "一百一十", "yi4 bai3 yi1 shi2", "one hundred and ten"),
        (999, "九百九十九", "jiu3 bai3 jiu3 shi2 jiu3", "nine hundred and ninety-nine"),
    ],
)
def test_window_numbers_are_words(number: int, written: str, said: str, english: str) -> None:
    assert mandarin_number(number) == (written, said)
    assert english_number(number) == english


@pytest.mark.parametrize("number", [0, -1, 1000])
def test_a_window_without_a_spoken_name_is_refused(number: int) -> None:
    with pytest.raises(UnspeakableNumberError, match="1 to 999"):
        call_phrase("A001", number, Language.MANDARIN)


def test_no_two_tickets_of_a_day_sound_the_same() -> None:
    heard = {spoken(f"{letter}{number:03}", 3) for letter in "ACEHKM" for number in range(1000)}
    assert len(heard) == 6000


def test_every_written_sign_of_a_mandarin_clause_has_a_syllable() -> None:
    phrases = [evacuation_phrase(Language.MANDARIN)]
    phrases += [call_phrase("A0123456789", window, Language.MANDARIN) for window in range(1, 1000)]
    for phrase in phrases:
        for clause in phrase.clauses:
            assert len(clause.text.replace("，", "")) == len(clause.spoken.split()), clause
