"""The `hall24` command."""

from pathlib import Path
from typing import Annotated

import typer

from hall24 import contract_docs
from hall24.day.command import day
from hall24.demo.command import demo

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="24-hour self-service government hall.",
)


app.command()(demo)
app.command()(day)


@app.command()
def contract(root: Annotated[Path, typer.Option(help="where docs/ stands")] = Path()) -> None:
    """Write the message contract to docs/contract/."""
    for path in contract_docs.write(root):
        typer.echo(str(path))


@app.callback()
def about() -> None:
    """24-hour self-service government hall."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
