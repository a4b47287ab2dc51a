"""Errors of the text engine."""

from hallkit.errors import HallkitError


class TextError(HallkitError):
    """Text could not be drawn as asked."""


class FontNotFoundError(TextError):
    """No installed font can serve a role; the message says what to install."""


class FontFileError(TextError):
    """A font file is damaged or of a kind the engine does not read; reinstall its package."""


class MissingGlyphError(TextError):
    """No font of the chain has these characters; nothing was drawn."""

    def __init__(self, characters: str) -> None:
        codes = " ".join(f"{char}(U+{ord(char):04X})" for char in characters)
        super().__init__(f"no font has {codes}; install fonts-noto-cjk, or correct the text")
        self.characters = characters


class TextDoesNotFitError(TextError):
    """The text needs more room than its box has; shorten the sentence."""

    def __init__(self, text: str, need: tuple[int, int], have: tuple[int, int]) -> None:
        super().__init__(f"needs {need[0]}×{need[1]}, has {have[0]}×{have[1]}; shorten: {text}")
        self.text = text
        self.need = need
        self.have = have
