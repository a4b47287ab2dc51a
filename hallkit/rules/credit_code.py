"""Unified social credit codes of organisations: both check characters (GB 32100-2015, GB 11714-1997)."""

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
PLAIN = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
INNER_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)
INNER_CHECKS = "0123456789X"


class CreditCodeError(ValueError):
    """A code no organisation can have; the message says why and never repeats the code."""


def check_credit_code(code: str) -> str:
    """Return the code in capitals; raise CreditCodeError for one whose form or check characters are wrong."""
    code = code.upper()
    if len(code) != 18 or any(char not in ALPHABET for char in code):
        raise CreditCodeError("a credit code has 18 digits and letters, without I, O, S, V and Z")
    whole = sum(ALPHABET.index(char) * weight for char, weight in zip(code[:17], WEIGHTS, strict=True))
    if code[17] != ALPHABET[(31 - whole % 31) % 31]:
        raise CreditCodeError("the last character does not fit")
    inner = sum(PLAIN.index(char) * weight for char, weight in zip(code[8:16], INNER_WEIGHTS, strict=True))
    if code[16] != INNER_CHECKS[(11 - inner % 11) % 11]:
        raise CreditCodeError("the ninth to seventeenth characters do not fit together")
    return code
