"""The centre put together."""

from intake_server.app.centre import App, Places

__all__ = ["App", "Places"]
