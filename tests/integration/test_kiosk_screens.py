"""Every screen of the kiosk in every mode and both languages, looked at as a strict hall manager would."""

import re
from dataclasses import replace
from datetime import timedelta
from itertools import product

import pytest

from hall24.kiosk_moments import MOMENTS, moment
from hall24.kiosk_scenes import MODES, NOON, view_of, wave
from hallkit.touch.audit import assert_good
from hallkit.touch.box import Box
from hallkit.touch.frame import LOWERED_TOP, SCREEN
from hallkit.touch.look import RESTING, TouchState
from hallkit.touch.scene import Scene
from kiosk.core.moves import TABLE
from kiosk.core.session import Layout, Session, Typing
from kiosk.core.table import Event, State
from kiosk.screens import OVER, SCREENS, pad_box, show, targets_of, theme_of, widgets
from kiosk.screens.words import WORDS, say

TOOLS = frozenset({"elder", "language", "contrast", "lower", "help"})


@pytest.mark.parametrize("name,mode", list(product(MOMENTS, MODES)), ids=lambda one: one or "usual")
def test_a_screen_is_one_a_hall_would_put_up(name: str, mode: str) -> None:
    view = moment(name, mode)
    scene = Scene()
    show(scene, view)
    assert_good(scene, view.look)


def test_every_state_has_a_screen_and_a_picture() -> None:
    assert SCREENS.keys() | OVER.keys() == set(State)
    assert {session.state for session, _ in MOMENTS.values()} == set(State)


@pytest.mark.parametrize("name", MOMENTS)
def test_every_target_is_an_event_the_state_knows(name: str) -> None:
    view = moment(name)
    events = {Event(action.partition(":")[0]) for action in targets_of(view) if action != "pad"}
    assert events <= set(TABLE[view.session.state]), f"{view.session.state}: {events - set(TABLE[view.session.state])}"


@pytest.mark.parametrize("name,mode", list(product(MOMENTS, ("", "elder", "lowered"))))
def test_whoever_is_at_the_kiosk_can_always_change_how_it_looks_and_get_out(name: str, mode: str) -> None:
    view = moment(name, mode)
    targets = set(targets_of(view))
    tools = {tool for tool in TOOLS if Event(tool) in TABLE[view.session.state]}
    heard = view.session.state not in OVER and view.session.state is not State.ATTRACT
    assert not heard or tools <= targets
    ends = {"back", "leave", "done", "home", "stay", "start", "confirm", "next"}
    inside = Event.TIMEOUT in TABLE[view.session.state] and tools
    assert not inside or view.session.state is State.HOME or targets & ends


@pytest.mark.parametrize("name", MOMENTS)
def test_lowered_every_control_but_the_tools_of_the_header_is_in_the_lower_half(name: str) -> None:
    view = moment(name, "lowered")
    if view.session.state in (State.ATTRACT, *OVER):
        return
    high = {name: box for name, box in targets_of(view).items() if box.y < LOWERED_TOP and name not in TOOLS}
    assert not high


@pytest.mark.parametrize("mode", MODES)
def test_what_lies_on_a_screen_does_not_depend_on_being_painted(mode: str) -> None:
    view = moment("form", mode)
    scene = Scene()
    show(scene, view)
    assert {target.action: target.box for target in scene.targets} == targets_of(view)


def test_the_same_moment_twice_changes_no_pixel() -> None:
    scene = Scene()
    view = moment("typing")
    assert show(scene, view) == [SCREEN]
    assert show(scene, view) == []


def test_a_pressed_key_and_a_typed_letter_repaint_little() -> None:
    scene, view = Scene(), moment("typing-latin")
    show(scene, view)
    pressed = show(scene, view, TouchState(pressed="key:a"))
    assert area(pressed) < 0.02 * area([SCREEN])
    typed = replace(view.session, typing=Typing(code="shop-name", text="Helloa", longest=60, layout=Layout.LATIN))
    assert area(show(scene, replace(view, session=typed))) < 0.1 * area([SCREEN])


def test_a_stroke_repaints_only_where_the_finger_is() -> None:
    scene, view = Scene(), moment("sign-signed")
    show(scene, view)
    line = tuple((round(ink.x), round(ink.y)) for ink in wave(760, 22))
    boxes = show(scene, replace(view, line=line))
    assert 0 < area(boxes) < 0.05 * area([SCREEN])
    assert all(pad_box(view).grown(8).covers(box) for box in boxes)


def test_the_signature_pad_lies_where_it_is_painted() -> None:
    for mode in MODES:
        view = moment("sign", mode)
        assert targets_of(view)["pad"] == pad_box(view)


def test_the_resting_screen_moves_a_little_every_ten_minutes() -> None:
    places = {targets_of(view_of(Session(), now=NOON + timedelta(minutes=10 * step)))["start"] for step in range(6)}
    assert len(places) == 5


def test_names_and_numbers_of_a_citizen_stand_on_the_screen_masked() -> None:
    for name in ("form", "review", "number"):
        view = moment(name)
        words = " ".join(text for widget in widgets(view) for text in texts(widget.layout(view.look, RESTING)))
        assert "张示例" not in words
        assert not re.search(r"\d{15}", words.replace(" ", ""))


def test_contrast_and_large_print_are_the_citizens_choice_and_night_the_hours() -> None:
    elder = moment("home", "contrast-elder")
    assert (elder.look.theme.name, elder.look.theme.elder) == ("high_contrast", True)
    assert theme_of(Session(), NOON.replace(hour=23)).name == "night"


@pytest.mark.parametrize("name", WORDS)
def test_every_sentence_has_both_languages_and_the_same_values(name: str) -> None:
    holes = [set(re.findall(r"{(\w+)}", text)) for text in WORDS[name]]
    assert holes[0] == holes[1]
    assert not any(char in WORDS[name][1] for char in "，。：「」？！")


def test_a_screen_shows_what_does_not_work_and_what_to_do_instead() -> None:
    view = moment("deliver-no-paper")
    footer = " ".join(text for widget in widgets(view) for text in widget.layout(view.look, RESTING).spoken)
    assert say("part.slip", False) in footer
    assert say("part.slip.else", False) in footer


def area(boxes: list[Box]) -> int:
    return sum(box.width * box.height for box in boxes)


def texts(placed: object) -> list[str]:
    return [mark.block.text for mark in placed.marks if hasattr(mark, "block")]  # type: ignore[attr-defined]
