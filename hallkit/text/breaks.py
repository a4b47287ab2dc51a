"""Where a Chinese line may end: tokens that stay whole, and the price of ending a line after each."""

import re
from dataclasses import dataclass
from itertools import pairwise

NEVER_FIRST = "，。、；：！？）】》〉」』〕］”’·…—～％%)],.;:!?}"
NEVER_LAST = "（【《〈「『〔［“‘([{¥￥"
SENTENCE_END = "。！？；!?;"
CLAUSE_END = "，：、）》」』”,:)"

HAN = r"\u2e80-\u2fdf\u3005-\u3007\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = r"[A-Za-z0-9À-ɏ][A-Za-z0-9À-ɏ.,:/\-–_@%+#&'*~=?]*"
DATE = r"(?:\d+年)?\d+月\d+日"
WEEKDAY = "周[一二三四五六日]"
TOKEN = re.compile(rf"{DATE}|{WEEKDAY}|{WORD}|\n| +|.", re.DOTALL)

HAN_THEN_WORD = re.compile(rf"(?<=[{HAN}])(?=[A-Za-z0-9])|(?<=[A-Za-z0-9%])(?=[{HAN}])")
UNSPACED = re.compile(r"(?:\d+年)(?:\d+月)?(?:\d+日)?|\d+月(?:\d+日)?|\d+小时大厅|\d+小时帮办")
FORBIDDEN = 10_000


@dataclass(frozen=True, slots=True)
class Token:
    """Text never cut; `price` of ending a line after it; `gap` tells whether a space follows."""

    text: str
    price: int
    gap: bool = False


def spaced(text: str) -> str:
    """Put one space between Chinese and Latin letters or digits, except inside dates such as 9月18日."""
    keep = {at for match in UNSPACED.finditer(text) for at in range(match.start() + 1, match.end())}
    cuts = [match.start() for match in HAN_THEN_WORD.finditer(text) if match.start() not in keep]
    edges = [0, *cuts, len(text)]
    return " ".join(text[start:end] for start, end in pairwise(edges))


def tokens(line: str) -> list[Token]:
    """Cut one paragraph (no newline) into tokens: punctuation stays with what it belongs to, words and dates whole."""
    whole: list[list[str]] = []
    for piece in TOKEN.findall(line):
        if piece.isspace():
            if whole:
                whole[-1][1] = " "
        elif whole and not whole[-1][1] and (piece[0] in NEVER_FIRST or whole[-1][0][-1] in NEVER_LAST):
            whole[-1][0] += piece
        else:
            whole.append([piece, ""])
    return [Token(text, _price(text, after), bool(gap)) for (text, gap), (after, _) in pairwise([*whole, ["", ""]])]


def words(line: str) -> list[Token]:
    """Cut a line that is never wrapped at its spaces only."""
    return [Token(word, FORBIDDEN, True) for word in line.split()]


def _price(text: str, after: str) -> int:
    """Price a line end after `text`: cheap behind punctuation, dear between a number and its unit."""
    if text[-1] in SENTENCE_END:
        return 0
    if text[-1] in CLAUSE_END:
        return 5
    if text[-1].isdigit() and after and not after[0].isascii():
        return 400
    return 80 if after[:1].isdigit() else 120
