"""What a simulated panel has shown, and when."""

import math
from collections import deque
from collections.abc import Callable

from PIL import Image

PICTURES_KEPT = 256


class PanelHistory:
    """The picture a panel shows now, and its changes as (seconds, picture): those of the last `keeps`, and one more."""

    def __init__(self, width: int, height: int) -> None:
        self.size = (width, height)
        self.picture = Image.new("RGB", self.size)
        self.changes: deque[tuple[float, Image.Image]] = deque(maxlen=PICTURES_KEPT)
        self.keeps = math.inf
        self.count = 0
        self._dots = self.picture.tobytes()

    def show(self, picture: Image.Image, now: float) -> None:
        """Keep `picture` if it differs from what is shown."""
        self._keep(picture.tobytes(), now, lambda _: picture)

    def show_dots(self, dots: bytes, now: float) -> None:
        """Keep a picture given as RGB, row after row, if it differs from what is shown."""
        self._keep(dots, now, lambda given: Image.frombytes("RGB", self.size, given))

    def blank(self, now: float) -> None:
        """Show nothing."""
        self.show(Image.new("RGB", self.size), now)

    def _keep(self, dots: bytes, now: float, picture: Callable[[bytes], Image.Image]) -> None:
        if dots != self._dots:
            self._dots, self.picture = dots, picture(dots)
            self.changes.append((now, self.picture))
            while len(self.changes) > 1 and self.changes[1][0] < now - self.keeps:
                self.changes.popleft()
            self.count += 1
