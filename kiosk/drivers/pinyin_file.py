"""The words of the pinyin keyboard, read from the file that comes with the kiosk."""

import gc
import gzip
from collections.abc import Callable, Iterable
from importlib.resources import files

from contract.catalogue import CatalogueEntry
from kiosk.core.pinyin_words import Words, spelled_names

FILE = "pinyin_words.txt.gz"


def read_words(entries: Iterable[CatalogueEntry] = (), shows: Callable[[str], bool] = lambda _char: True) -> Words:
    """Return the words with the catalogue's names ahead of all; `shows` tells which characters a font draws.

    Takes half a second, most of it to ask the fonts: read once, before anybody stands there; `Words.renamed` takes
    another catalogue's names.
    """
    text = gzip.decompress(files("kiosk").joinpath("data", FILE).read_bytes()).decode("utf-8")
    words = Words(text.splitlines(), spelled_names(entries), shows)
    gc.collect()  # looks at a hundred thousand new objects now, not under a citizen's finger
    return words
