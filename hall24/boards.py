"""What the technician's commands share: a bar for each board, one sentence for each that failed, a report."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from firmware.flasher.app.told import Told
from firmware.flasher.errors import BootModeError, FlasherError


class Bars:
    """A bar for each board while the block runs."""

    def __init__(self, console: Console) -> None:
        columns = (
            TextColumn("{task.fields[place]}"),
            TextColumn("{task.description}"),
            BarColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)

    def __enter__(self) -> "Bars":
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def at(self, place: str) -> Told:
        """Return what tells one board's bar where its work is."""
        task: TaskID = self._progress.add_task("", total=1.0, place=place)
        return lambda step, done: self._progress.update(task, description=step, completed=done)


def tell_end(console: Console, ended: Mapping[str, Any], words: str) -> bool:
    """Print one line for each board, and once the picture of what to press; return whether all went well."""
    pictures = []
    for place, result in ended.items():
        if isinstance(result, FlasherError):
            console.print(f"✗ {result}", style="red", highlight=False, markup=False, soft_wrap=True)
            pictures += [result.picture] if isinstance(result, BootModeError) else []
        else:
            console.print(f"✓ {place}: {words}", style="green", highlight=False, markup=False, soft_wrap=True)
    if pictures:
        console.print(pictures[0], highlight=False, markup=False)
    return not any(isinstance(result, FlasherError) for result in ended.values())


def write_report(path: Path | None, ended: Mapping[str, Any]) -> None:
    """Write what became of each board as one JSON object, if a file is named."""
    if path is None:
        return
    failed = {place: one for place, one in ended.items() if isinstance(one, FlasherError)}
    boards = {
        place: {"ok": False, "fault": type(one).__name__, "says": str(one)}
        if isinstance(one, FlasherError)
        else {"ok": True, **msgspec.to_builtins(one)}
        for place, one in ended.items()
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"ok": not failed, "boards": boards}, ensure_ascii=False, indent=1) + "\n", "utf-8")
