"""A day as one page that needs nothing else: charts by the hour and the hall's map with a time slider."""

import json
from importlib.resources import files

from hall24.day.outcome import Outcome
from hall24.day.stage import day_hall


def page_of(outcome: Outcome) -> str:
    """Return the page; it works from a file, without a network."""
    template = files("hall24.day").joinpath("page.html").read_text("utf-8")
    data = json.dumps(_data(outcome), ensure_ascii=False, separators=(",", ":")).replace("<", "\\u003c")
    return template.replace("/*DATA*/", data)


def _data(outcome: Outcome) -> dict[str, object]:
    hall, options = day_hall(), outcome.options
    return {
        "title": hall.hall.title,
        "ok": outcome.ok,
        "seed": options.seed,
        "faults": options.faults.value,
        "ledger": outcome.ledger,
        "broken": outcome.broken,
        "counts": outcome.counts,
        "begins": int(options.begins * 3600),
        "ends": int(options.begins * 3600 + options.span),
        "zones": [[zone.id, zone.name] for zone in hall.zones],
        "windows": [[one.number, one.zone, one.services[0]] for one in hall.windows],
        "services": [[one.id, one.name, one.zone] for one in hall.services],
        "hours": [[hour, outcome.hours[hour].as_json()] for hour in sorted(outcome.hours)],
        "film": list(outcome.film.windows),
        "queues": list(outcome.film.queues),
        "marks": outcome.film.marks,
    }
