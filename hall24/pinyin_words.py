"""The words of the kiosk's pinyin keyboard, built ahead with jieba and pypinyin: `python -m hall24.pinyin_words`.

Words and their counts come from jieba's dictionary, readings from pypinyin (both MIT); install the extra `words`.
"""

import gzip
from collections import defaultdict
from collections.abc import Iterable, Iterator
from importlib.util import find_spec
from math import log2
from pathlib import Path

from kiosk.core.pinyin_syllables import SYLLABLES

FILE = Path(__file__).parents[1] / "kiosk" / "data" / "pinyin_words.txt.gz"
LONGEST_WORD = 4
LEAST_COUNT = 10
"""A word seen less often is spelled character by character; it keeps the file small."""
LEVELS = 8
"""Steps of commonness per doubling of a word's count."""
SPELLING = {"lue": "lve", "nue": "nve", "ê": "ei"}

Counts = dict[tuple[str, str], int]
"""How often a text with a spelling was seen."""


def counted(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Return words of Chinese characters with their counts from jieba's lines `word count class`."""
    for line in lines:
        word, count, *_ = line.split()
        if all(_is_han(char) for char in word):
            yield word, int(count)


def spellings(words: Iterable[tuple[str, int]]) -> Counts:
    """Return what the file holds: common words, and every character under each of its readings."""
    from pypinyin import Style, lazy_pinyin, pinyin
    from pypinyin.constants import PINYIN_DICT

    found: Counts = defaultdict(int)
    for word, count in words:
        syllables = [_plain(one) for one in lazy_pinyin(word)]
        if len(syllables) != len(word):
            continue
        for char, syllable in zip(word, syllables, strict=True):
            found[char, syllable] += count
        if 2 <= len(word) <= LONGEST_WORD and count >= LEAST_COUNT:
            found[word, " ".join(syllables)] += count
    for code in PINYIN_DICT:
        if _is_han(char := chr(code)):
            for reading in pinyin(char, style=Style.NORMAL, heteronym=True)[0]:
                found[char, _plain(reading)] += 0
    return found


def document(found: Counts) -> bytes:
    """Return the file: a line a spelling with its words and their levels, commonest first."""
    rows: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for (text, spelling), count in found.items():
        if all(syllable in SYLLABLES for syllable in spelling.split()):
            rows[spelling].append((round(LEVELS * log2(count + 1)), text))
    lines = []
    for spelling in sorted(rows):
        words = sorted(rows[spelling], key=lambda one: (-one[0], one[1]))
        lines.append(f"{spelling}\t" + " ".join(f"{text}{level}" for level, text in words))
    return gzip.compress(("\n".join(lines) + "\n").encode(), 9, mtime=0)


def _plain(reading: str) -> str:
    return SPELLING.get(reading, reading.replace("ü", "v"))


def _is_han(char: str) -> bool:
    return "\u3400" <= char <= "\u9fff" or char == "〇" or "\U00020000" <= char <= "\U000323af"


def _dictionary() -> Path:
    spec = find_spec("jieba")
    if spec is None or spec.origin is None:
        raise SystemExit("jieba is not installed; install hall24 with the extra `words`")
    return Path(spec.origin).with_name("dict.txt")


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(document(spellings(counted(_dictionary().read_text("utf-8").splitlines()))))
