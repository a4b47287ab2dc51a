"""One simulated machine, or all of a hall's: `python -m simulators receipt_printer --listen pty:run/dev/printer`."""

import asyncio
import importlib
import logging
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from hallkit.inventory.schema import Hall
from hallkit.runtime.config import load
from hallkit.transports.serve import serve
from simulators.hall import plug_in

MACHINES = (
    "receipt_printer",
    "id_reader",
    "code_scanner",
    "lock_board",
    "ipp_printer",
    "ups",
    "call_pad",
    "modbus_unit",
    "panel_ddp",
    "panel_bx_k",
    "panel_bx_g",
    "esp32_rom",
    "raw_repl_board",
)

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.command()
def hall(config: Annotated[Path, typer.Option(help="the hall's file")]) -> None:
    """Simulate the hardware of a whole hall."""

    async def main() -> None:
        async with plug_in(load(config, Hall)):
            await asyncio.Event().wait()

    asyncio.run(main())


def _one(machine: str, listen: str, setup: str) -> None:
    module = importlib.import_module(f"simulators.{machine}")

    async def main() -> None:
        async with serve(listen, partial(module.serve, module.build(setup))) as url:
            typer.echo(f"{machine} ({setup}) at {url}")
            await asyncio.Event().wait()

    asyncio.run(main())


def _command(machine: str) -> None:
    names = ", ".join(importlib.import_module(f"simulators.{machine}").SETUPS)

    @app.command(machine, help=f"Simulate one {machine}; set-ups: {names}.")
    def command(
        listen: Annotated[str, typer.Option(help="tcp://, udp:// or pty: URL")],
        setup: Annotated[str, typer.Option(help="named starting condition")] = "normal",
    ) -> None:
        _one(machine, listen, setup)


for one in MACHINES:
    _command(one)

if __name__ == "__main__":
    logging.basicConfig(level=logging.INFO)
    app()
