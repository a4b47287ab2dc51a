"""Window numbers as words, 1 to 999."""

ONES_MANDARIN = (
    ("零", "ling2"),
    ("一", "yi1"),
    ("二", "er4"),
    ("三", "san1"),
    ("四", "si4"),
    ("五", "wu3"),
    ("六", "liu4"),
    ("七", "qi1"),
    ("八", "ba1"),
    ("九", "jiu3"),
)
TEN_MANDARIN = ("十", "shi2")
HUNDRED_MANDARIN = ("百", "bai3")
ONE_BEFORE_HUNDRED = ("一", "yi4")

SMALL_ENGLISH = [
    "zero",
    "one",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
]
TENS_ENGLISH = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]


class UnspeakableNumberError(ValueError):
    """A window number has no spoken name: number windows from 1 to 999."""


def mandarin_number(number: int) -> tuple[str, str]:
    """Return `number` (1–999) in characters and in pinyin: 26 is 二十六, er4 shi2 liu4."""
    hundreds, rest = divmod(_checked(number), 100)
    tens, ones = divmod(rest, 10)
    words: list[tuple[str, str]] = []
    if hundreds:
        words += [ONE_BEFORE_HUNDRED if hundreds == 1 else ONES_MANDARIN[hundreds], HUNDRED_MANDARIN]
    if tens:
        words += [TEN_MANDARIN] if tens == 1 and not hundreds else [ONES_MANDARIN[tens], TEN_MANDARIN]
    elif hundreds and ones:
        words.append(ONES_MANDARIN[0])
    if ones:
        words.append(ONES_MANDARIN[ones])
    return "".join(written for written, _ in words), " ".join(said for _, said in words)


def english_number(number: int) -> str:
    """Return `number` (1–999) in words: 26 is twenty-six, 103 one hundred and three."""
    hundreds, rest = divmod(_checked(number), 100)
    if not hundreds:
        return _below_hundred(rest)
    whole = f"{SMALL_ENGLISH[hundreds]} hundred"
    return f"{whole} and {_below_hundred(rest)}" if rest else whole


def _below_hundred(number: int) -> str:
    if number < len(SMALL_ENGLISH):
        return SMALL_ENGLISH[number]
    tens, ones = divmod(number, 10)
    return TENS_ENGLISH[tens - 2] + (f"-{SMALL_ENGLISH[ones]}" if ones else "")


def _checked(number: int) -> int:
    if not 1 <= number <= 999:
        raise UnspeakableNumberError(f"window {number} has no spoken name; number windows from 1 to 999")
    return number
