"""Chance that is the same on every machine: named streams and integer inverse-CDF tables, no libm anywhere."""

import hashlib
import random
from bisect import bisect_right
from collections.abc import Sequence
from decimal import Decimal, localcontext
from functools import lru_cache
from itertools import accumulate

_HALF_NORMAL = (
    49,
    147,
    245,
    343,
    441,
    539,
    637,
    735,
    833,
    932,
    1030,
    1128,
    1227,
    1326,
    1425,
    1524,
    1623,
    1722,
    1821,
    1921,
    2021,
    2121,
    2221,
    2322,
    2422,
    2523,
    2625,
    2726,
    2828,
    2930,
    3032,
    3135,
    3238,
    3341,
    3445,
    3549,
    3654,
    3758,
    3864,
    3969,
    4076,
    4182,
    4289,
    4397,
    4505,
    4614,
    4723,
    4833,
    4943,
    5054,
    5166,
    5278,
    5391,
    5504,
    5618,
    5734,
    5849,
    5966,
    6083,
    6202,
    6321,
    6441,
    6562,
    6684,
    6806,
    6930,
    7055,
    7182,
    7309,
    7437,
    7567,
    7698,
    7831,
    7964,
    8100,
    8236,
    8374,
    8514,
    8656,
    8799,
    8944,
    9091,
    9240,
    9391,
    9545,
    9700,
    9858,
    10019,
    10182,
    10348,
    10516,
    10688,
    10863,
    11041,
    11223,
    11409,
    11599,
    11793,
    11992,
    12195,
    12404,
    12618,
    12838,
    13064,
    13298,
    13539,
    13788,
    14045,
    14313,
    14591,
    14881,
    15184,
    15502,
    15836,
    16189,
    16563,
    16962,
    17390,
    17853,
    18357,
    18912,
    19533,
    20240,
    21066,
    22066,
    23352,
    25205,
    28856,
)
"""Quantiles (2 i + 257) / 512 of the standard normal distribution, in ten-thousandths; the lower half mirrors them."""

_CELLS = 256
_STEPS = 1 << 16


def stream(seed: int, *names: str | int) -> random.Random:
    """Return the chance of one named thing: another name, or another seed, is independent of it."""
    text = "\0".join((str(seed), *(str(name) for name in names)))
    return random.Random(int.from_bytes(hashlib.sha256(text.encode()).digest(), "big"))


class Weighted:
    """Draws a place of a list by whole-number weights."""

    def __init__(self, weights: Sequence[int]) -> None:
        self._sums = tuple(accumulate(weights))

    def draw(self, chance: random.Random) -> int:
        """Return the index of the weight drawn."""
        return bisect_right(self._sums, chance.randrange(self._sums[-1]))


class Quantiles:
    """Draws from a distribution given by its values at equally spaced quantiles, straight between them."""

    def __init__(self, values: Sequence[int]) -> None:
        self._values = tuple(values)

    def draw(self, chance: random.Random) -> int:
        """Return a whole number."""
        cell, step = divmod(chance.randrange((len(self._values) - 1) * _STEPS), _STEPS)
        low, high = self._values[cell], self._values[cell + 1]
        return low + (high - low) * step // _STEPS


@lru_cache(maxsize=64)
def lognormal(mean: int, cv_percent: int) -> Quantiles:
    """Return a lognormal distribution of this mean and coefficient of variation, in the unit of `mean`."""
    with localcontext() as context:
        context.prec = 28
        spread = (1 + (Decimal(cv_percent) / 100) ** 2).ln()
        sigma, mu = spread.sqrt(), Decimal(mean).ln() - spread / 2
        upper = [int((mu + sigma * z / 10_000).exp()) for z in _HALF_NORMAL]
        lower = [int((mu - sigma * z / 10_000).exp()) for z in reversed(_HALF_NORMAL)]
    return Quantiles([*lower, *upper])


@lru_cache(maxsize=64)
def exponential(mean: int) -> Quantiles:
    """Return an exponential distribution of this mean."""
    with localcontext() as context:
        context.prec = 28
        cells = [1 - Decimal(2 * cell + 1) / (2 * _CELLS) for cell in range(_CELLS)]
        return Quantiles([int(-mean * left.ln()) for left in cells])


def happens(chance: random.Random, per_thousand: int) -> bool:
    """Return True so many times in a thousand."""
    return chance.randrange(1000) < per_thousand


def within(chance: random.Random, low: int, high: int) -> int:
    """Return a whole number from `low` to `high`, both included."""
    return low + chance.randrange(high - low + 1)
