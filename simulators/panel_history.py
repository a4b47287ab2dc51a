"""What a simulated panel has shown, and when."""

from collections import deque

from PIL import Image

PICTURES_KEPT = 256


class PanelHistory:
    """The picture a panel shows now, and the last changes as (seconds, picture)."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.picture = Image.new("RGB", self.size)
        self.changes: deque[tuple[float, Image.Image]] = deque(maxlen=PICTURES_KEPT)
        self.count = 0

    def show(self, picture: Image.Image, now: float) -> None:
        """Keep `picture` if it differs from what is shown."""
        if picture.tobytes() != self.picture.tobytes():
            self.picture = picture
            self.changes.append((now, picture))
            self.count += 1

    def blank(self, now: float) -> None:
        """Show nothing."""
        self.show(Image.new("RGB", self.size), now)
