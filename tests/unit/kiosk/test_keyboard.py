"""Typing on the screen: pinyin, initials, rare characters, long names, other layouts."""

from collections.abc import Iterable
from functools import reduce

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.catalogue import FieldKind
from kiosk.core.keyboard import BAR, finished, opened, page_of, press, width_of
from kiosk.core.pinyin_candidates import candidates
from kiosk.core.pinyin_words import Words
from kiosk.core.session import Layout, Typing
from kiosk.drivers.pinyin_file import read_words

LICENCE = ("食品经营许可", ("shi", "pin", "jing", "ying", "xu", "ke"))
SMALL = Words(
    ["shi\t是150 时140 市130 食90", "pin\t品110 拼80", "shi pin\t食品102 视频87", "xian\t先130 现120", "xi\t西100",
     "an\t安120", "xi an\t西安105", "zhang\t张120", "yan\t䶮0 燕90", "xi\t玺40"],
    [LICENCE],
)  # fmt: skip


@pytest.fixture(scope="module")
def words() -> Words:
    return read_words()


def typed(keys: Iterable[str], words: Words = SMALL, start: Typing | None = None) -> Typing:
    return reduce(lambda typing, key: press(typing, key, words), keys, start or opened("name"))


def test_letters_become_words_commonest_first() -> None:
    typing = typed("shipin")
    assert typing.composing == "shipin"
    assert typing.candidates[:3] == ("食品经营许可", "食品", "视频")
    assert press(typing, "pick:1", SMALL).text == "食品"


def test_initials_alone_find_a_name_of_the_hall() -> None:
    assert typed("spjyxk").candidates[0] == "食品经营许可"


def test_a_word_that_uses_part_of_the_letters_leaves_the_rest_to_be_chosen() -> None:
    typing = typed("xianshi")
    chosen = press(typing, f"pick:{typing.candidates.index('先')}", SMALL)
    assert (chosen.text, chosen.composing) == ("先", "shi")
    assert chosen.candidates[0] == "是"


def test_an_apostrophe_parts_syllables() -> None:
    assert typed("xi'an").candidates[0] == "西安"
    assert typed(["'"]).composing == ""
    assert typed(["x", "i", "'", "'"]).composing == "xi'"


def test_space_takes_the_first_candidate_and_is_a_space_otherwise() -> None:
    assert typed(["s", "h", "i", "space", "space"]).text == "是 "


def test_delete_takes_letters_first_and_then_characters() -> None:
    typing = typed(["s", "h", "i", "space", "p", "i"])
    assert typed(["delete"], start=typing).composing == "p"
    assert typed(["delete"] * 2, start=typing).text == "是"
    assert typed(["delete"] * 4, start=typing).text == ""


def test_a_rare_character_is_reached_by_turning_pages(words: Words) -> None:
    typing = typed("yan", words)
    for _ in range(80):
        if "䶮" in typing.candidates:
            break
        typing = press(typing, "page:1", words)
    assert press(typing, f"pick:{typing.candidates.index('䶮')}", words).text == "䶮"


def test_pages_end_where_the_candidates_do_and_no_page_is_wider_than_the_bar(words: Words) -> None:
    offered = candidates("shi", words)
    seen, page = [], 0
    while shown := page_of(offered, page):
        assert sum(width_of(one.text) + 8 for one in shown) - 8 <= BAR
        seen += shown
        page += 1
    assert seen == list(offered)
    typing = typed("shi", words)
    last = typed(["page:1"] * (page + 5), words, typing)
    assert (last.page, press(last, "page:-1", words).page) == (page - 1, page - 2)
    assert press(typing, "page:-1", words).page == 0


def test_a_name_of_another_people_is_typed_whole(words: Words) -> None:
    name = "阿卜杜热合曼·买买提·艾合买提江·吐尔逊阿依·古丽"
    assert len(name) == 25
    start = Typing(code="name", layout=Layout.SYMBOLS, longest=25, text=name[:22])
    typing = typed(["·", "layout:pinyin", *"gu"], words, start)
    typing = press(typing, f"pick:{typing.candidates.index('古')}", words)
    typing = typed([*"li"], words, typing)
    while "丽" not in typing.candidates:
        typing = press(typing, "page:1", words)
    assert press(typing, f"pick:{typing.candidates.index('丽')}", words).text == name


def test_nothing_grows_beyond_the_field() -> None:
    full = Typing(code="name", text="是是", longest=2, layout=Layout.PINYIN)
    assert typed("shi", start=full) == full
    assert (
        typed(["s", "h", "i", "p", "i", "n", "pick:0"], start=Typing(longest=4, layout=Layout.PINYIN)).text
        == "食品经营"
    )


def test_letters_that_are_no_pinyin_are_offered_as_they_are() -> None:
    typing = typed("vv")
    assert typing.candidates == ("vv",)
    assert press(typing, "pick:0", SMALL).text == "vv"


def test_changing_to_latin_keeps_the_letters_and_to_digits_takes_the_word() -> None:
    assert typed([*"shi", "layout:latin", "a"]).text == "shia"
    assert typed([*"shi", "layout:digits", "8"]).text == "是8"
    assert typed(["layout:none"]) == opened("name")


def test_shift_makes_capitals_until_pressed_again() -> None:
    start = opened("name", english=True)
    assert typed(["shift", "a", "b", "shift", "c"], start=start).text == "ABc"


@pytest.mark.parametrize("kind,layout", [
    (FieldKind.PHONE, Layout.DIGITS), (FieldKind.IDENTITY, Layout.DIGITS), (FieldKind.TEXT, Layout.PINYIN),
    (FieldKind.CREDIT_CODE, Layout.LATIN), (FieldKind.DATE, Layout.DIGITS),
])  # fmt: skip
def test_the_keys_suit_the_field(kind: FieldKind, layout: Layout) -> None:
    assert opened("field", kind=kind).layout is layout


def test_what_no_font_draws_is_never_offered() -> None:
    drawn = Words(["yan\t䶮9 燕8", "yan an\t䶮安9"], shows=lambda char: char != "䶮")
    assert [one.text for one in candidates("yan", drawn)] == ["燕"]
    assert "䶮安" not in [one.text for one in candidates("yanan", drawn)]


def test_a_whole_sentence_of_syllables_is_offered_at_once(words: Words) -> None:
    assert typed("zhongguorenminyinhang", words).candidates[0] == "中国人民银行"
    assert "身份证" in typed("sfz", words).candidates
    assert typed("jianshexiangmu", words).candidates[0] == "建设项目"


def test_finishing_takes_the_first_candidates_of_all_that_is_left() -> None:
    assert finished(typed("xianshi"), SMALL).text == "先是"
    assert finished(typed("xianshi"), SMALL).composing == ""


KEYS = st.sampled_from([*"shipnxazg'v", "delete", "space", "pick:0", "pick:3", "page:1", "page:-1", "clear", "shift",
                        "layout:latin", "layout:pinyin", "layout:digits", "1", "·", "nothing"])  # fmt: skip


@given(st.lists(KEYS, max_size=25))
def test_whatever_is_pressed_the_text_fits_the_field_and_candidates_belong_to_letters(keys: list[str]) -> None:
    typing = typed(keys, start=opened("name", longest=6))
    assert len(typing.text) <= 6
    assert bool(typing.candidates) == bool(typing.composing)


def test_another_catalogue_changes_the_names_ahead_and_leaves_the_words():
    words = Words(["shi pin\t食品102 视频87"], [("食品许可", ("shi", "pin", "xu", "ke"))])
    other = words.renamed([("食堂备案", ("shi", "tang", "bei", "an"))])
    assert [name for name, _ in other.names(["shi"])] == ["食堂备案"]
    assert [name for name, _ in words.names(["shi"])] == ["食品许可"]
    found = [one.text for one in words.matching(["shi", "pin"], last_open=False)]
    assert found == [one.text for one in other.matching(["shi", "pin"], last_open=False)] == ["食品", "视频"]
