"""Numbers of Chinese resident identity cards: check character and possible date (GB 11643-1999)."""

from datetime import date

WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
CHECKS = "10X98765432"
SYNTHETIC_REGION = "000000"
SYNTHETIC_COUNTRY = "XXX"
PERMIT_LENGTH = 15
EARLIEST = date(1900, 1, 1)


class IdentityError(ValueError):
    """A number no card can bear; the message says why and never repeats the number."""


def check_character(first17: str) -> str:
    """Return the last character of a number from its 17 digits (ISO 7064, MOD 11-2)."""
    return CHECKS[sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11]


def check_identity(number: str, *, today: date, demo: bool) -> str:
    """Return `number` with a capital X; raise IdentityError if no card can bear it today.

    Region 000000 belongs to no place: a demonstration takes nothing else, a real hall never takes it.
    """
    number = number.upper()
    if len(number) != 18 or not number.isascii() or not number[:17].isdigit():
        raise IdentityError("an identity number has 17 digits and a check character")
    if number[17] != check_character(number[:17]):
        raise IdentityError("the check character does not fit")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError as error:
        raise IdentityError("there is no such date of birth") from error
    if not EARLIEST <= born <= today:
        raise IdentityError("nobody alive was born then")
    if (number[:6] == SYNTHETIC_REGION) is not demo:
        raise IdentityError("synthetic numbers are for demonstrations only, and nothing else is taken there")
    return number


def check_document(number: str, *, today: date, demo: bool) -> str:
    """Return the number read from a card; raise IdentityError as check_identity does.

    A foreigner's permit of 2017 has a country of three letters (ISO 3166-1) and 12 digits; XXX is nobody's.
    """
    number = number.upper()
    if len(number) != PERMIT_LENGTH:
        return check_identity(number, today=today, demo=demo)
    if not (number.isascii() and number[:3].isalpha() and number[3:].isdigit()):
        raise IdentityError("the number of a permit has three letters and twelve digits")
    if number.startswith(SYNTHETIC_COUNTRY) is not demo:
        raise IdentityError("synthetic numbers are for demonstrations only, and nothing else is taken there")
    return number
