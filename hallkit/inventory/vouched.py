"""The operator's word that this machine's clock is right: the way out after it once was far ahead."""

from datetime import datetime
from pathlib import Path

from hallkit.errors import ConfigError

WORD = "clock-vouched"


def vouch(run: Path, now: datetime) -> Path:
    """Write down in the hall's folder that the clock is right at `now`; return the file."""
    run.mkdir(parents=True, exist_ok=True)
    path, new = run / WORD, run / f"{WORD}.new"
    new.write_text(f"{now.isoformat()}\n", "utf-8")
    new.replace(path)
    return path


def vouched(run: Path) -> datetime | None:
    """Return when the operator last said so, None if never; raise ConfigError for a file nobody can read."""
    path = run / WORD
    try:
        moment = datetime.fromisoformat(path.read_text("utf-8").strip())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ConfigError(f"{path}: {error}; delete it, or write it anew with `hall24 clock`") from error
    if moment.tzinfo is None:
        raise ConfigError(f"{path}: the time has no zone; write it anew with `hall24 clock`")
    return moment
