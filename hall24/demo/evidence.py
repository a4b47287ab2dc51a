"""The end of a demonstration: wait until everything is stored, look at the screens, read the stores."""

import asyncio
import sqlite3
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from display_controller.core.read import read_table
from hall24.demo.plan import Plan
from hall24.demo.report import Seen, facts, report
from hall24.demo.visitors import Tally
from hallkit.text.fonts import system_fonts

if TYPE_CHECKING:
    from hall24.demo.live import Live

PATIENCE = 20.0


async def gather(plan: Plan, live: "Live", tally: Tally) -> dict[str, Any]:
    """Return the report of a demonstration that is over but still runs."""
    run = plan.hall.hall.run
    deadline = time.monotonic() + PATIENCE
    while not is_drained(plan) and time.monotonic() < deadline:  # noqa: ASYNC110 (other processes' disks)
        await asyncio.sleep(0.25)
    stored = facts(run / "hall-store.db")
    with sqlite3.connect(run / "intake.db") as centre:
        rows = centre.execute("SELECT count(*) FROM ledger").fetchone()[0]
    with sqlite3.connect(run / "hall-store.db") as store:
        quarantined = store.execute("SELECT count(*) FROM quarantine").fetchone()[0]
    seen = Seen(
        seconds=time.monotonic() - live.started,
        visitors=tally.came,
        told_full=tally.told_full,
        tickets_taken=tally.tickets,
        ratings_pressed=len(tally.pressed),
        screens=screens(plan, live),
        outboxes=_outboxes(plan),
        restarts={program.name: program.restarts for program in live.programs if program.restarts},
        devices=len(plan.hall.devices),
    )
    return report(stored, rows, quarantined, seen)


def screens(plan: Plan, live: "Live") -> dict[str, dict[str, Any]]:
    """Return what every hall screen shows, read from its own dots, and what the last calls were."""
    found = {}
    for device in plan.hall.of_kind("hall-display"):
        board = live.witness.boards.get(device.zone or "")
        if board is None or not board.calls:
            continue
        newest: dict[str, int] = {}
        for call in board.calls:
            newest.setdefault(call.ticket, call.window)
        shown = [
            [row.ticket, row.window] for row in read_table(live.hardware.panels[device.name].picture, system_fonts())
        ]
        expected = [[ticket, str(window)] for ticket, window in newest.items()][: len(shown)]
        found[device.name] = {"shown": shown, "expected": expected}
    return found


def _outboxes(plan: Plan) -> dict[str, int]:
    run = plan.hall.hall.run
    depths = {}
    for path in sorted(run.glob("*.db")):
        with sqlite3.connect(path) as database:
            tables = {name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            if "outbox_meta" in tables:
                last, acked = database.execute("SELECT last, acked FROM outbox_meta").fetchone()
                depths[path.stem] = last - acked
    depths["queue-engine"] = _behind(run / "queue-engine.db", "SELECT max(seq) FROM fact", "SELECT acked FROM meta")
    depths["hall-store"] = _behind(run / "hall-store.db", "SELECT max(row) FROM fact", "SELECT uplinked FROM meta")
    return depths


def _behind(path: Path, last: str, acked: str) -> int:
    with sqlite3.connect(path) as database:
        return int((database.execute(last).fetchone()[0] or 0) - database.execute(acked).fetchone()[0])


def is_drained(plan: Plan) -> bool:
    """Return whether every fact of the hall reached the centre."""
    return not any(_outboxes(plan).values())
