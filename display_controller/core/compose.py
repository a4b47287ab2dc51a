"""The scene of any panel at one moment."""

from datetime import datetime

from contract.board import ZoneBoard
from display_controller.core.hall_scene import hall_scene
from display_controller.core.scene import Role, Scene, WindowRole
from display_controller.core.window_scene import window_scene


def compose(board: ZoneBoard | None, role: Role, now: datetime) -> Scene:
    """Return what a panel says at `now` (aware); None is a board not received yet."""
    return window_scene(board, role, now) if isinstance(role, WindowRole) else hall_scene(board, role, now)
