"""Whether a photographed sheet can be read: figures anybody can measure again, and limits."""

from enum import StrEnum

import numpy as np

from kiosk.core.page_finder import Corners, Gray

BRIGHT = 250
GLARE_SHARE = 0.004
OVEREXPOSED = 246
DARK = 90
LEAST_INK = 30
LEAST_SHARPNESS = 0.3
LEAST_FILLED = 0.05
"""An identity card under a camera for A4 fills 0.06 of the picture."""


class Flaw(StrEnum):
    """Why the citizen should lay the sheet again; in the order of what to mend first."""

    NO_PAGE = "no_page"
    CUT_OFF = "cut_off"
    TOO_SMALL = "too_small"
    DARK = "dark"
    GLARE = "glare"
    BLURRED = "blurred"
    EMPTY = "empty"


def sharpness(page: Gray) -> float:
    """Return how much of the ink's contrast the steepest edges take in one pixel: 1 sharp, below 0.3 not readable.

    The measure does not depend on how much is written on the sheet, nor on the light.
    """
    values = page.astype(np.int16)
    steepest = max(float(np.percentile(np.abs(np.diff(values, axis=axis)), 99.9)) for axis in (0, 1))
    return steepest / max(contrast(page), 1.0)


def contrast(page: Gray) -> float:
    """Return the gray between paper and ink."""
    ink, paper = np.percentile(page, (0.5, 50))
    return float(paper - ink)


def glare(page: Gray) -> float:
    """Return the share of the sheet that shines: white beyond its paper; 1.0 if the paper itself is overexposed."""
    paper = float(np.median(page))
    if paper >= OVEREXPOSED:
        return 1.0
    return float((page >= max(BRIGHT, paper + 12)).mean())


def flaws_of_place(corners: Corners | None) -> tuple[Flaw, ...]:
    """Return what is wrong with where the sheet lies."""
    if corners is None:
        return (Flaw.NO_PAGE,)
    cut = (Flaw.CUT_OFF,) if corners.is_cut_off else ()
    return cut + ((Flaw.TOO_SMALL,) if corners.share < LEAST_FILLED else ())


def flaws_of_page(page: Gray) -> tuple[Flaw, ...]:
    """Return what is wrong with how the sheet looks, straightened."""
    if float(np.median(page)) < DARK:
        return (Flaw.DARK,)
    if glare(page) > GLARE_SHARE:
        return (Flaw.GLARE,)
    if contrast(page) < LEAST_INK:
        return (Flaw.EMPTY,)
    return (Flaw.BLURRED,) if sharpness(page) < LEAST_SHARPNESS else ()
