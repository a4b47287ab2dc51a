"""Case numbers of 20 characters: region 6, date 6, serial 7, check character (ISO 7064, MOD 11-2)."""

from datetime import date

from intake_server.core.cases.errors import CaseNumberError

CHECKS = "0123456789X"
HIGHEST = 9_999_999
GROUPS = ((0, 6), (6, 12), (12, 19), (19, 20))


def case_number(region: str, day: date, serial: int) -> str:
    """Return the number of the day's `serial`th case in a region of six digits; CaseNumberError when they run out."""
    if not 0 < serial <= HIGHEST:
        raise CaseNumberError(f"serial {serial} does not fit into seven digits")
    first = f"{region}{day:%y%m%d}{serial:07d}"
    return first + check_character(first)


def check_character(first: str) -> str:
    """Return the character that makes one wrong or two swapped digits show; CaseNumberError for anything but digits."""
    if len(first) != 19 or not first.isascii() or not first.isdigit():
        raise CaseNumberError("a case number has 19 digits and a check character")
    product = 0
    for digit in first:
        product = (product + int(digit)) * 2 % 11
    return CHECKS[(12 - product) % 11]


def check_case_number(text: str) -> str:
    """Return a case number as typed, without its spaces; raise CaseNumberError if it can be none."""
    number = "".join(text.split()).upper()
    if len(number) != 20 or check_character(number[:19]) != number[19]:
        raise CaseNumberError("the check character does not fit")
    return number


def shown(number: str) -> str:
    """Return a case number in groups for the eye: 000000 260913 0000012 6."""
    return " ".join(number[start:end] for start, end in GROUPS)
