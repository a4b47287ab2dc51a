"""When the kiosk's screen is painted and when it ends."""

from collections.abc import Callable

from hallkit.runtime.clock import Clock
from hallkit.touch import pace
from kiosk.app.display import Display
from kiosk.core.session import Session
from kiosk.core.world import World
from kiosk.screens import theme_of


class Pace(pace.Pace[Session, World]):
    """The shared pace over this program's own screens; nothing moves where the theme is still."""

    def __init__(
        self, display: Display, clock: Clock, now: Callable[[], tuple[Session, World]], *,
        on_timeout: Callable[[], None], on_broken: Callable[[Exception], None],
    ) -> None:  # fmt: skip
        super().__init__(
            display, clock, now, is_still=lambda session, at: theme_of(session, at).still, on_timeout=on_timeout,
            on_broken=on_broken,
        )  # fmt: skip
