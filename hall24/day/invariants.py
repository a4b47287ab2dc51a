"""What must hold when a day is over, on top of what the auditor and the watch saw while it went on."""

from datetime import date

from hall24.day.auditor import Auditor
from hall24.day.notes import Notes
from hall24.day.stage import Stage

SETTLED_AFTER, MOST_GROWTH = 3, 1.05
"""Days after which a process has all it needs, and how much more it may take ever after."""

NAMES = {
    "no_ticket_lost": "every ticket somebody holds is in the ledger, and every one issued has ended or is live",
    "no_ticket_doubled": "no number is given twice on a business day",
    "no_ticket_at_two_windows": "no ticket is called by two windows",
    "no_service_doubled": "no service event is finished twice",
    "one_touch_one_ticket": "one touch at a ticket machine gives one ticket",
    "one_slip_a_ticket": "a ticket has one slip, every other one is marked 补打",
    "printed_is_printed": "what is said to be printed came out of the printer whole",
    "queue_sound": "the queue's own invariants",
    "passed_at_most": "nobody is passed more often than the rule allows, counted from the ledger alone",
    "ratings_stored": "exactly the ratings pressed are stored",
    "one_rating_a_visit": "a visit has one rating",
    "bad_rating_answered": "every bad rating has a rectification record",
    "ledger_unbroken": "the centre's chain holds and has every row of the hall",
    "outboxes_drained": "nothing waits in an outbox once the hall is well",
    "displays_follow": "every display shows within a second what the queue says, five after it recovered",
    "calls_spoken": "a zone's voice says every call of its zone, in order, twice if nobody else is called",
    "emergency_first": "within a second of an emergency every voice tells people to leave, and nothing else",
    "nothing_old": "no display shows numbers nobody stands behind",
    "nothing_personal": "no name, number or token of a person on a board, a panel or in a log",
    "nothing_forbidden": "no program says or hears what the inventory gives it no right to",
    "memory_steady": "after a month the process takes hardly more memory than after three days",
    "programs_alive": "no program ends by itself",
    "presence_true": "a dead program is told to be offline",
}
"""Every invariant by name."""


def check_people(notes: Notes, auditor: Auditor) -> None:
    """Hold what people remember against the ledger."""
    holders: dict[str, str] = {}
    for slip in notes.slips:
        key = f"{slip.business_day.isoformat()}/{slip.ticket}"
        other = holders.setdefault(key, slip.visitor)
        if other != slip.visitor:
            auditor.blame("no_ticket_doubled", f"{other} and {slip.visitor} both hold {key}")
        if key not in auditor.tickets or (slip.link and auditor.links.get(slip.link) != key):
            auditor.blame("no_ticket_lost", f"{slip.visitor} holds {key}, the ledger does not know it")
    for complaint in notes.complaints:
        auditor.blame("no_ticket_doubled", complaint)
    _check_ratings(notes, auditor)


def _check_ratings(notes: Notes, auditor: Auditor) -> None:
    pressed = {press.service_event: press.grade for press in notes.presses}
    for event, grade in pressed.items():
        stored = [one.grade for one in auditor.ratings.get(event, ())]
        if grade not in stored:
            auditor.blame("ratings_stored", f"{grade.name} was pressed for {event}, stored is {stored}")


def check_rated(auditor: Auditor) -> None:
    """See that only what was served is rated."""
    unknown = [event for event in auditor.ratings if event not in auditor.events]
    if unknown:
        auditor.blame("ratings_stored", f"a rating of {unknown[0]}, which no window finished")


def check_engine(stage: Stage, auditor: Auditor) -> None:
    """Ask the queue itself, and hold its memory against the ledger."""
    assert stage.engine is not None
    engine = stage.engine.keeper.engine
    for sentence in engine.check()[:1]:
        auditor.blame("queue_sound", sentence)


def check_memory(stage: Stage, auditor: Auditor) -> None:
    """Compare the tickets that live in the ledger with those the queue holds."""
    assert stage.engine is not None
    engine = stage.engine.keeper.engine
    days = dict.fromkeys(key.partition("/")[0] for key in auditor.tickets)
    for day in days:
        tallies = engine.summary(date.fromisoformat(day)).values()
        held = sum(one.issued - one.finished - one.cancelled - one.expired for one in tallies)
        live = sum(1 for key, state in auditor.tickets.items() if key.startswith(day) and state != "ended")
        if held != live:
            auditor.blame("no_ticket_lost", f"{day}: {live} tickets live in the ledger, {held} in the queue")


def check_stores(stage: Stage, auditor: Auditor, rows: int, *, expects_quarantine: bool) -> None:
    """See that everything reached the centre and nothing waits; facts of 1970 wait there in quarantine."""
    for name, waiting in waiting_rows(stage).items():
        if waiting:
            auditor.blame("outboxes_drained", f"{waiting} rows wait at {name}")
    assert stage.centre is not None
    if (row := stage.centre.reader.first_broken()) is not None:
        auditor.blame("ledger_unbroken", f"row {row} of the centre's ledger does not hold")
    aside = sum(stage.centre.reader.quarantine_sizes().values())
    has = stage.centre.store.head.rows - stage.centre.store.head.seq + aside
    if has != rows:
        auditor.blame("ledger_unbroken", f"the centre has {has} rows, {aside} of them in quarantine, the hall {rows}")
    if aside and not expects_quarantine:
        auditor.blame("ledger_unbroken", f"{aside} rows are in quarantine, though every clock was right")
    known = stage.centre.hall.ratings.rectifications
    for event, given in auditor.ratings.items():
        if any(one.grade.is_bad for one in given) and event not in known:
            auditor.blame("bad_rating_answered", f"{event} was rated badly and nobody has to answer")


def check_rights(stage: Stage, auditor: Auditor) -> None:
    """See that nobody said what the inventory forbids; who hears what is forbidden ends with a LinkError."""
    for (user, topic), times in stage.broker.forbidden.items():
        auditor.blame("nothing_forbidden", f"{user} said something on {topic}, {times} times")


def check_growth(rss: list[int], auditor: Auditor) -> None:
    """Compare the memory taken after the last day with that after the third, where there are that many."""
    if len(rss) > SETTLED_AFTER and rss[-1] > rss[SETTLED_AFTER - 1] * MOST_GROWTH:
        auditor.blame(
            "memory_steady", f"{rss[SETTLED_AFTER - 1] >> 20} MB after three days, {rss[-1] >> 20} at the end"
        )


def waiting_rows(stage: Stage) -> dict[str, int]:
    """Return how many rows wait at every sender, read from its disk."""
    found: dict[str, int] = {}
    for path in list(stage.disk.databases):
        database = stage.disk.database(path)
        tables = [name for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        if "outbox" in tables:
            found[path.stem] = database.execute("SELECT count(*) FROM outbox").fetchone()[0]
        if path.stem == "queue-engine":
            last, acked = database.execute("SELECT (SELECT max(seq) FROM fact), acked FROM meta").fetchone()
            found[path.stem] = (last or 0) - acked
        if path.stem == "hall-store":
            last, up = database.execute("SELECT (SELECT max(row) FROM fact), uplinked FROM meta").fetchone()
            found["uplink"] = (last or 0) - up
    return found
