"""`hall24 flash`: interpreters and the hall's programs onto boards, several at once."""

import asyncio
import sys
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from firmware.flasher.app import flash as flashing
from firmware.flasher.app.flash import CHIPS, Flashed, Interpreter, Way
from firmware.flasher.app.fleet import together
from firmware.flasher.drivers import release
from firmware.flasher.errors import FlasherError
from hall24.boards import Bars, tell_end, write_report


def flash(
    ports: Annotated[list[str], typer.Argument(help="serial ports, best by lasting name; an RP2040's boot drive")],
    image: Annotated[
        Path | None, typer.Option(help="the interpreter's file; without it only programs are copied")
    ] = None,
    sha256: Annotated[str, typer.Option(help="the SHA-256 its maker published for that file")] = "",
    chip: Annotated[str, typer.Option(help=f"one of {', '.join(CHIPS)}")] = "esp32",
    baud: Annotated[int, typer.Option(help="speed while flashing", min=9600, max=2_000_000)] = 460_800,
    by_hand: Annotated[bool, typer.Option("--by-hand", help="BOOT and RST are pressed by hand")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="erase the whole flash first")] = False,
    programs: Annotated[bool, typer.Option(help="also copy the hall's programs")] = True,
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
) -> None:
    """Flash boards and verify every byte; after any failure run the same command again."""
    if wrong := _wrong(ports, image, sha256, chip):
        typer.echo(f"flash: {wrong}", err=True)
        sys.exit(2)
    console = Console(stderr=True)
    try:
        interpreter = flashing.read(image, chip, sha256) if image else None
        files = release.files() if programs else {}
    except FlasherError as error:
        console.print(f"✗ {error}", style="red", highlight=False, markup=False, soft_wrap=True)
        sys.exit(1)
    ended = asyncio.run(_flash_all(ports, interpreter, files, Way(baud, by_hand, erase), console))
    is_well = tell_end(console, ended, "flashed and verified")
    write_report(report, ended)
    sys.exit(0 if is_well else 1)


async def _flash_all(
    ports: list[str], interpreter: Interpreter | None, files: dict[str, bytes], way: Way, console: Console
) -> dict[str, Flashed | FlasherError]:
    with Bars(console) as bars:
        work = {port: partial(flashing.flash, port, interpreter, files, way, bars.at(port)) for port in ports}
        return await together(work)


def _wrong(ports: list[str], image: Path | None, sha256: str, chip: str) -> str:
    if chip not in CHIPS:
        return f"--chip {chip} is none of {', '.join(CHIPS)}"
    if image is not None and not sha256:
        return "--sha256 is missing: an image goes onto a board only under the hash its maker published"
    if len(set(ports)) != len(ports):
        return "a port is named twice"
    return ""
