"""Errors of the display controller."""


class DisplayError(Exception):
    """A panel could not be served; the message says what the operator should do."""


class WireError(DisplayError):
    """Bytes do not follow the panel's protocol, or a value does not fit its field."""


class RareCharacterError(WireError):
    """A text holds characters the card's own GB 2312 font lacks; nothing was sent."""

    def __init__(self, text: str, characters: str) -> None:
        super().__init__(f"the card has no {characters!r} for {text!r}; send it as a bitmap or change the text")
        self.text = text
        self.characters = characters


class PanelTooSmallError(DisplayError):
    """A panel has fewer dots than the smallest layout needs."""


class RefusedError(DisplayError):
    """The card answered NACK for good: the request, its parameters or its firmware do not fit."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"the card refuses: {reason}; check the card type and the screen size in the configuration")
        self.reason = reason


class SilentError(DisplayError):
    """The card does not answer."""

    def __init__(self, attempts: int) -> None:
        super().__init__(f"no answer after {attempts} attempts; check power, cable, address and speed of the card")
