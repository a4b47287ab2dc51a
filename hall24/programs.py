"""One program of a hall by its own name: `hall24 bridge …` is `python -m mqtt_bridge …`."""

import os
import sys
from collections.abc import Callable

import typer

PROGRAMS = {
    "queue-engine": ("queue_caller", "engine"),
    "kiosk": ("kiosk",),
    "ticket-machine": ("queue_caller", "ticket-machine"),
    "voice": ("queue_caller", "voice"),
    "clerk-desk": ("queue_caller", "clerk-desk"),
    "display": ("display_controller",),
    "bridge": ("mqtt_bridge",),
    "intake": ("intake_server",),
    "simulators": ("simulators",),
}
_PASS_ON = {"allow_extra_args": True, "ignore_unknown_options": True, "help_option_names": []}


def register(app: typer.Typer) -> None:
    """Add a command for every program; its arguments and its help are the program's own."""
    for name, module in PROGRAMS.items():
        app.command(name, context_settings=_PASS_ON, help=f"Run `python -m {' '.join(module)}`.")(_run(module))


def _run(module: tuple[str, ...]) -> Callable[[typer.Context], None]:
    def run(context: typer.Context) -> None:
        os.execv(sys.executable, [sys.executable, "-m", *module, *context.args])

    return run
