"""A device's screen as it is now, asked for by whoever watches; pressing it is for demonstrations."""

from contract.body import Command, Result


class TakePicture(Command, frozen=True, kw_only=True):
    """Send the screen at most `width` pixels wide; `known` is the fingerprint the asker already has."""

    width: int = 360
    known: str = ""


class PictureTaken(Result, frozen=True, kw_only=True):
    """The screen as PNG (empty if `fingerprint` is the one the asker knows), and its full size in pixels."""

    fingerprint: str
    width: int
    height: int
    png: bytes = b""


class PressScreen(Command, frozen=True, kw_only=True):
    """Touch the screen at full-size pixels; refused with `not_a_demo` outside a demonstration."""

    x: int
    y: int
