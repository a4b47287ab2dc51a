"""Icons: every name a screen may use, smooth, inside its square."""

import numpy as np
import pytest

from hallkit.touch.icon_shapes import SHAPES
from hallkit.touch.icons import icon_mask

ASKED_FOR = {
    "back", "next", "home", "help", "language", "elder", "lower", "printer", "paper", "card", "qr", "clock",
    "people", "check_disc", "warn", "stop", "ring", "voice", "phone", "calendar", "question", "close", "delete",
    "arrow", "doorway", "search", "check",
}  # fmt: skip


def test_every_icon_a_screen_asks_for_exists() -> None:
    assert set(SHAPES) >= ASKED_FOR


@pytest.mark.parametrize("size", [40, 64, 96])
def test_an_icon_is_smooth_and_whole(size: int) -> None:
    for name in sorted(SHAPES):
        mask = np.asarray(icon_mask(name, size))
        assert mask.shape == (size, size), name
        assert len(np.unique(mask)) > (3 if name == "stop" else 6), name
        assert 0.02 < (mask > 127).mean() < 0.5, name
        assert not [edge for edge in (mask[0], mask[-1], mask[:, 0], mask[:, -1]) if edge.any()], name


def test_an_icon_is_drawn_once() -> None:
    assert icon_mask("home", 64) is icon_mask("home", 64)


def test_an_unknown_icon_is_refused() -> None:
    with pytest.raises(KeyError):
        icon_mask("no such icon", 64)
