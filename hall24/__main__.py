"""The `hall24` command."""

from pathlib import Path
from typing import Annotated

import typer

from hall24 import configuration_docs, contract_docs, contract_vectors, programs
from hall24.bench.command import bench
from hall24.day.command import day
from hall24.demo.command import demo
from hall24.doctor.command import doctor
from hall24.hall_broker import broker
from hall24.mode import mode

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    help="24-hour self-service government hall.",
)


app.command()(demo)
app.command()(day)
app.command()(broker)
app.command()(bench)
app.command()(doctor)
app.command()(mode)
programs.register(app)


@app.command()
def contract(root: Annotated[Path, typer.Option(help="where docs/ and contract/ stand")] = Path()) -> None:
    """Write the message contract to docs/contract/ and its vectors to contract/vectors/."""
    for path in [*contract_docs.write(root), *contract_vectors.write(root)]:
        typer.echo(str(path))


@app.command()
def configuration(root: Annotated[Path, typer.Option(help="where docs/ stands")] = Path()) -> None:
    """Write every setting of the hall's file to docs/configuration.md."""
    typer.echo(str(configuration_docs.write(root)))


@app.callback()
def about() -> None:
    """24-hour self-service government hall."""


def main() -> None:
    """Run the command line."""
    app()


if __name__ == "__main__":
    main()
