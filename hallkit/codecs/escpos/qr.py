"""The printer's own QR codes (`GS ( k`, cn = 49), and the five commands one code takes."""

from dataclasses import dataclass

from hallkit.codecs.escpos.commands import QrErrorLevel

QR_STORE_LIMIT = 7089


def _function(function: int, data: bytes) -> bytes:
    return b"\x1d(k" + (len(data) + 2).to_bytes(2, "little") + bytes((0x31, function)) + data


@dataclass(frozen=True, slots=True)
class QrModel:
    """Choose model 1 or 2."""

    model: int = 2

    def encode(self) -> bytes:
        """Return the bytes."""
        return _function(0x41, bytes((0x30 + self.model, 0)))


@dataclass(frozen=True, slots=True)
class QrSize:
    """Set the dots of one module, 1–16."""

    dots: int

    def encode(self) -> bytes:
        """Return the bytes."""
        return _function(0x43, bytes((self.dots,)))


@dataclass(frozen=True, slots=True)
class QrLevel:
    """Set the error correction level."""

    level: QrErrorLevel = QrErrorLevel.M

    def encode(self) -> bytes:
        """Return the bytes."""
        return _function(0x45, bytes((self.level,)))


@dataclass(frozen=True, slots=True)
class QrStore:
    """Keep what the code says, at most 7,089 bytes."""

    data: bytes

    def encode(self) -> bytes:
        """Return the bytes."""
        return _function(0x50, b"0" + self.data)


@dataclass(frozen=True, slots=True)
class QrPrint:
    """Print the stored code."""

    def encode(self) -> bytes:
        """Return the bytes."""
        return _function(0x51, b"0")


QrCommand = QrModel | QrSize | QrLevel | QrStore | QrPrint


def qr_code(text: str, dots: int = 6, level: QrErrorLevel = QrErrorLevel.M) -> tuple[QrCommand, ...]:
    """Return the commands that have the printer draw `text` as a model 2 code."""
    return QrModel(2), QrSize(dots), QrLevel(level), QrStore(text.encode()), QrPrint()
