"""When the machine's screen is painted and when it ends."""

from collections.abc import Callable

from hallkit.runtime.clock import Clock
from hallkit.touch import pace
from queue_caller.app.machine_display import Display
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_world import World
from queue_caller.screens import theme_of


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
