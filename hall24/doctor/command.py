"""`hall24 doctor`."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from hall24.doctor.devices import check_devices
from hall24.doctor.finding import Finding, as_json, as_table, ill, well
from hall24.doctor.machine import check_machine
from hallkit.errors import ConfigError
from hallkit.inventory.schema import Hall
from hallkit.inventory.secrets import read_secrets
from hallkit.inventory.start import SECRETS
from hallkit.runtime.config import load


def doctor(
    config: Annotated[Path, typer.Option(help="the hall's file")],
    report: Annotated[Path | None, typer.Option(help="write a JSON report")] = None,
) -> None:
    """Check devices, drivers, fonts, broker and clock; the exit code is 0 only if all is well."""
    try:
        hall = load(config, Hall)
    except ConfigError as error:
        typer.echo(str(error), err=True)
        sys.exit(2)
    findings = asyncio.run(examine(hall))
    Console().print(as_table(findings))
    found = as_json(findings)
    if report is not None:
        report.parent.mkdir(parents=True, exist_ok=True)
        report.write_text(json.dumps(found, ensure_ascii=False, indent=1) + "\n", "utf-8")
    sys.exit(0 if found["ok"] else 1)


async def examine(hall: Hall) -> list[Finding]:
    """Return every finding about a hall."""
    findings = [well("hall file", f"{len(hall.devices)} devices, {len(hall.windows)} windows")]
    findings += check_machine(hall)
    passwords: dict[str, str] = {}
    try:
        passwords.update(read_secrets(hall.hall.run / SECRETS))
    except ConfigError as error:
        findings.append(ill("secrets", str(error), "start the hall once, or copy the file from the hall"))
    findings += [one async for one in check_devices(hall, passwords)]
    return findings
