"""Errors of the technician's tools; each message is one sentence that says what to do."""


class FlasherError(Exception):
    """Something with a board, its port or its files failed; the message says what the technician should do."""


class ImageError(FlasherError):
    """The image is not what it should be: another file, another chip, or its hash differs."""


class BundleError(FlasherError):
    """A file that is to go to a board has a name or a size a board cannot take."""


class ToolMissingError(FlasherError):
    """esptool or mpremote is not installed."""


class TimeLimitError(FlasherError):
    """A tool did not finish in its time and was ended."""


class ToolFailedError(FlasherError):
    """A tool failed in a way this program has no better words for."""


class BoardTakenError(FlasherError):
    """Another technician's tool works on the same port."""


class PortBusyError(FlasherError):
    """Another program holds the port."""


class PortMissingError(FlasherError):
    """There is no such port."""


class PortGoneError(FlasherError):
    """The port went away while it was used."""


class NoAnswerError(FlasherError):
    """The board does not answer."""


class BootModeError(FlasherError):
    """The board started in another mode than the one that takes an image; `picture` shows what to press."""

    def __init__(self, message: str, picture: str) -> None:
        super().__init__(message)
        self.picture = picture


class WrongChipError(FlasherError):
    """The board carries another chip."""


class DamagedError(FlasherError):
    """What was read back is not what was written, or the line damages bytes."""


class BoardRefusedError(FlasherError):
    """The board's interpreter refused what it was told."""


class DriveError(FlasherError):
    """A UF2 drive is missing, foreign, or did not take the image."""


class AuthorityError(FlasherError):
    """The hall's certificate authority cannot be read or used."""


class PlaceError(FlasherError):
    """The hall's file has no such place for a board."""


class InventoryError(FlasherError):
    """The intake server did not take what was told about a board."""
