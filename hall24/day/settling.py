"""A day that is over: held against the ledger once, then forgotten, so that a month takes no more memory than a day."""

from hall24.day.auditor import Auditor
from hall24.day.invariants import check_people
from hall24.day.notes import Notes
from hall24.day.paper_trail import check_paper
from hall24.day.ticket_place import TicketPlace


def settle_before(day: str, notes: Notes, auditor: Auditor, places: list[TicketPlace]) -> None:
    """Check everything of the business days before `day` (in ISO form), and forget what has ended of them."""
    past = Notes(
        slips=[one for one in notes.slips if one.business_day.isoformat() < day],
        presses=[one for one in notes.presses if auditor.events.get(one.service_event, day)[:10] < day],
    )
    check_people(past, auditor)
    check_paper(places, auditor, before=day)
    pressed = dict.fromkeys(one.service_event for one in past.presses)
    notes.slips = [one for one in notes.slips if one.business_day.isoformat() >= day]
    notes.presses = [one for one in notes.presses if one.service_event not in pressed]
    _forget_ratings(day, auditor)
    _forget_tickets(day, auditor, places)


def _forget_ratings(day: str, auditor: Auditor) -> None:
    """Forget services that were rated well or not at all; a bad rating has to be answered, however old it is."""
    bad = {event: None for event, given in auditor.ratings.items() if any(one.grade.is_bad for one in given)}
    for event in [one for one, key in auditor.events.items() if key[:10] < day and one not in bad]:
        del auditor.events[event]
        auditor.ratings.pop(event, None)


def _forget_tickets(day: str, auditor: Auditor, places: list[TicketPlace]) -> None:
    seen = {touch.ticket: None for place in places for touch in place.touches}
    old = {key: None for key, state in auditor.tickets.items() if key[:10] < day and state == "ended"}
    for key in old:
        del auditor.tickets[key]
        auditor.printed.pop(key, None)
        if key in seen or key in auditor.given_up or auditor.machines[key] not in {one.name: None for one in places}:
            del auditor.machines[key]
            auditor.given_up.pop(key, None)
    auditor.links = {link: key for link, key in auditor.links.items() if key not in old}
    for place in places:
        place.slips = [one for one in place.slips if one[0] >= day]
        place.touches = [one for one in place.touches if not one.is_known or one.ticket[:10] >= day]
