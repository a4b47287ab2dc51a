"""The label on a board's back: what it is, where it stands, until when its certificate counts, and a code."""

from dataclasses import dataclass
from datetime import datetime

from hallkit.devices.slip import Part, Sheet
from hallkit.text.fonts import FontLibrary

KINDS = {
    "rating-pad": ("评价器", "Rating pad"),
    "call-pad": ("叫号器", "Call pad"),
    "window-display": ("窗口屏", "Window display"),
    "sensor": ("传感器", "Sensor"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """What a label says."""

    title: str
    hall: str
    kind: str
    name: str
    board: str
    serial: str
    expires: datetime
    window: int | None = None

    @property
    def code(self) -> str:
        """What the code on the label holds: no secret, nothing personal."""
        return f"hall24:{self.hall}/{self.kind}/{self.name}?board={self.board}&cert={self.serial[:16]}"


def sheet(label: Label, fonts: FontLibrary | None = None) -> Sheet:
    """Set a label on receipt paper; MissingGlyphError if the hall's name cannot be drawn."""
    chinese, english = KINDS[label.kind]
    found = Sheet(fonts)
    found.gap(24)
    found.text(Part(label.title, 30, bold=True), leading=1.0)
    found.gap(14)
    found.bar(label.name, f"  {chinese}")
    found.gap(20)
    window = f"{label.window} 号窗口 Window {label.window}" if label.window is not None else english
    lines = (
        Part(window, 30, bold=True),
        Part(f"板号 Board {label.board}", 26),
        Part(f"证书 Certificate {label.serial[:8]}", 26),
        Part(f"有效期至 Until {label.expires:%Y-%m-%d}", 26),
    )
    found.qr(label.code, lines)
    found.gap(8)
    return found
