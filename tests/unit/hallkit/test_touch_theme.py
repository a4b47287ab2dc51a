"""The table of contrasts that the visual language promises, computed from the token table."""

import pytest

from hallkit.touch.theme import THEMES, TOKENS, TYPE, WHITE, ZONES, contrast, rgb

ORDER = ("normal", "elder", "night", "high_contrast")
PROMISED = [
    ("ink", "paper", (13.9, 18.4, 15.6, 21), 7),
    ("ink", "card", (15.6, 18.4, 13.5, 21), 7),
    ("ink2", "paper", (6.6, 13.5, 8.7, 21), 4.5),
    ("ink2", "card", (7.4, 13.5, 7.5, 21), 4.5),
    ("onact", "act", (7.8, 7.8, 8.1, 14.7), 4.5),
    ("onact", "actdown", (11.7, 11.7, 10.3, 21), 4.5),
    ("act", "card", (7.8, 7.8, 7.6, 14.7), 4.5),
    ("act", "tint", (6.6, 6.6, 6.3, 14.7), 4.5),
    ("onlamp", "lamp", (8.6, 8.6, 8.6, 14.7), 4.5),
    ("ok", "oktint", (5.6, 5.6, 7.4, 16.6), 4.5),
    ("warn", "warntint", (5.9, 5.9, 7.7, 14.7), 4.5),
    ("bad", "badtint", (6.0, 6.0, 7.1, 12.0), 4.5),
    ("offink", "off", (5.1, 5.8, 5.1, 12.6), 4.5),
    ("edge", "card", (3.9, 6.7, 3.9, 21), 3),
]


@pytest.mark.parametrize("front, back, promised, floor", PROMISED)
def test_every_promised_contrast_holds_in_every_theme(
    front: str, back: str, promised: tuple[float, ...], floor: float
) -> None:
    for name, value in zip(ORDER, promised, strict=True):
        measured = contrast(THEMES[name][front], THEMES[name][back])
        assert measured == pytest.approx(value, abs=0.06), name
        assert measured >= floor, name


@pytest.mark.parametrize("letter, value", [("A", 7.8), ("C", 8.5), ("E", 6.8), ("H", 7.9), ("K", 8.7), ("M", 7.9)])
def test_a_zone_letter_is_white_on_its_own_colour(letter: str, value: float) -> None:
    assert contrast(WHITE, ZONES[letter]) == pytest.approx(value, abs=0.06)


def test_contrast_runs_from_1_to_21() -> None:
    assert contrast(rgb("#000000"), rgb("#FFFFFF")) == pytest.approx(21)
    assert contrast(rgb("#F4B63F"), rgb("#F4B63F")) == 1
    assert contrast(rgb("#F4B63F"), rgb("#F4F2EC")) == pytest.approx(1.6, abs=0.05)


def test_every_theme_names_every_token() -> None:
    assert all(len(theme.colours) == len(TOKENS) == 20 for theme in THEMES.values())


def test_no_role_is_smaller_than_a_citizen_can_read() -> None:
    assert min(role.px for role in TYPE.values()) == THEMES["normal"].min_px == 28
    assert min(role.elder_px for role in TYPE.values()) == THEMES["elder"].min_px == 42
    assert all(role.elder_px >= role.px for role in TYPE.values())


def test_elder_and_high_contrast_keep_still() -> None:
    assert [name for name in ORDER if THEMES[name].still] == ["elder", "high_contrast"]
