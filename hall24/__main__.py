"""The `hall24` command.

A command's own parts are loaded when it is asked for: a demonstration needs half the memory of all of them.
"""

from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from hall24 import programs

OWN = {
    "demo": "hall24.demo.command",
    "day": "hall24.day.command",
    "broker": "hall24.hall_broker",
    "bench": "hall24.bench.command",
    "doctor": "hall24.doctor.command",
    "mode": "hall24.mode",
    "clock": "hall24.clock",
    "flash": "hall24.flash",
    "provision": "hall24.provision",
    "devices": "hall24.devices",
    "ota": "hall24.ota",
}


class OnDemand(TyperGroup):
    """The commands of `OWN` beside those registered; each is imported when it is run or the help lists it."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Return every command's name."""
        return [*OWN, *super().list_commands(ctx)]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """Return a command by its name, None if there is none."""
        if cmd_name not in OWN:
            return super().get_command(ctx, cmd_name)
        found = getattr(import_module(OWN[cmd_name]), cmd_name)
        if isinstance(found, typer.Typer):
            return typer.main.get_command(found)
        own = typer.Typer(add_completion=False)
        own.command(cmd_name)(found)
        return typer.main.get_command(own)


app = typer.Typer(
    cls=OnDemand,
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="24-hour self-service government hall.",
)


programs.register(app)


@app.command()
def contract(root: Annotated[Path, typer.Option(help="where docs/ and contract/ stand")] = Path()) -> None:
    """Write the message contract to docs/contract/ and its vectors to contract/vectors/."""
    from hall24 import contract_docs, contract_vectors

    for path in [*contract_docs.write(root), *contract_vectors.write(root)]:
        typer.echo(str(path))


@app.command()
def configuration(root: Annotated[Path, typer.Option(help="where docs/ stands")] = Path()) -> None:
    """Write every setting of the hall's file to docs/configuration.md."""
    from hall24 import configuration_docs

    typer.echo(str(configuration_docs.write(root)))


@app.callback()
def about() -> None:
    """24-hour self-service government hall."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
