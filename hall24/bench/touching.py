"""How soon a kiosk's picture changes after a touch: the pressed key, the next screen, a letter, a stroke."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial

from PIL import Image

from hall24.bench import at_kiosk
from hall24.bench.figure import Bar, Figure, figure, middle, quantile
from hall24.kiosk_moments import MOMENTS, moment
from hall24.kiosk_scenes import MODES, wave, words_of
from hallkit.touch.frame import SIZE
from hallkit.touch.look import TouchState
from hallkit.touch.scene import Scene
from kiosk.core.keyboard import press
from kiosk.core.pinyin_candidates import candidates
from kiosk.screens import View, show, targets_of

ROUNDS = 3
TYPED = "shipinjingyingxukezhengzhongguorenminyinhang"
SHOWN_MODES = ("", "elder", "english", "lowered", "contrast")
BUDGET = 50
"""Milliseconds from a touch to the first changed pixel."""
KEY = 5
"""Milliseconds a key of the pinyin keyboard may take to find its candidates."""


def figures() -> tuple[Figure, ...]:
    """Measure painting on the picture that the display shows; SDL's copy of it is the limit's kind of work."""
    copy = ("one copy of the whole picture, p50", middle(list(_copies())))
    return (*_painted(copy), *at_kiosk.figures())


def _painted(copy: tuple[str, float]) -> tuple[Figure, ...]:
    return (
        _p99("touch → pressed control painted", _presses(), copy),
        _p99("touch → next screen painted", _changes(), copy),
        _p99("touch → letter and candidates painted", _letters(), copy),
        _p99("letter → candidates found", _found(), copy, KEY),
        _p99("finger moves → stroke painted", _strokes(), copy),
    )


def _p99(name: str, samples: Iterator[float], copy: tuple[str, float], most: float = BUDGET) -> Figure:
    taken = list(samples)
    note = f"{len(taken)} touches, slowest {max(taken):.1f} ms"
    return figure(f"{name}, p99", quantile(taken, 0.99), "ms", copy, Bar(most=most), note)


def _presses() -> Iterator[float]:
    """Press every control of every screen."""
    for name in MOMENTS:
        scene, view = Scene(), moment(name)
        show(scene, view)
        for action in targets_of(view):
            yield _took(partial(show, scene, view, TouchState(pressed=action)))
            show(scene, view)


def _changes() -> Iterator[float]:
    """Go from each screen to the next, in every mode; texts of a mode are laid out the first time they are shown."""
    for mode in SHOWN_MODES:
        scene = Scene()
        for name in MOMENTS:
            view = moment(name, mode if mode in MODES else "")
            yield _took(partial(show, scene, view))


def _letters() -> Iterator[float]:
    """Type pinyin letter by letter, the reckoning of the candidates included."""
    words = words_of()
    for _ in range(ROUNDS):
        scene, view = Scene(), moment("typing")
        show(scene, view)
        typing = view.session.typing
        assert typing is not None
        for key in [*TYPED, "page:1", "pick:0", "delete"]:
            began = time.perf_counter()
            typing = press(typing, key, words)
            view = replace(view, session=replace(view.session, typing=typing))
            show(scene, view)
            yield 1e3 * (time.perf_counter() - began)


def _found() -> Iterator[float]:
    """Find the candidates of every beginning of some words; of each the middle of its rounds counts."""
    words = words_of()
    for typed in (TYPED, "spjyxkz", "sfz", "jianshexiangmuguihuaxuke", "zgrmyhdsyg", "yi", "xian"):
        for end in range(1, len(typed) + 1):
            yield middle([_took(partial(candidates, typed[:end], words)) for _ in range(ROUNDS)])


def _strokes() -> Iterator[float]:
    """Draw a stroke point by point over a signature."""
    scene, view = Scene(), moment("sign-signed")
    show(scene, view)
    points = tuple((round(ink.x), round(ink.y)) for ink in wave(60, 200))
    for end in range(2, len(points)):
        drawn: View = replace(view, line=points[:end])
        yield _took(partial(show, scene, drawn))


def _copies() -> Iterator[float]:
    one, other = Image.new("RGB", SIZE), Image.new("RGB", SIZE, (255, 255, 255))
    for _ in range(30):
        yield _took(lambda: one.paste(other))


def _took(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return 1e3 * (time.perf_counter() - began)
