"""One touch is one ticket is one slip: what came out of the machines against what the ledger says."""

from hall24.day.auditor import Auditor
from hall24.day.ticket_place import TicketPlace

NEVER = "9999"


def check_paper(places: list[TicketPlace], auditor: Auditor, *, before: str = NEVER) -> None:
    """Hold the slips and touches of all business days before a day (in ISO form) against the ledger."""
    for place in places:
        place.collect()
        whole: dict[str, int] = {}
        unmarked: dict[str, int] = {}
        for day, slip in place.slips:
            key = auditor.links.get(slip.link, f"{day}/{slip.ticket}") if slip.link else f"{day}/{slip.ticket}"
            if day < before:
                whole[key] = whole.get(key, 0) + 1
                unmarked[key] = unmarked.get(key, 0) + (not slip.is_reprint)
        _check_slips(place, whole, unmarked, auditor, before)
        _check_touches(place, auditor, before)


def _check_slips(
    place: TicketPlace, whole: dict[str, int], unmarked: dict[str, int], auditor: Auditor, before: str
) -> None:
    for key, number in unmarked.items():
        if number > 1:
            auditor.blame("one_slip_a_ticket", f"{number} slips of {key} came out of {place.name}, none marked 补打")
        if key not in auditor.tickets:
            auditor.blame("no_ticket_lost", f"{place.name} printed {key}, the ledger does not know it")
    for key, number in auditor.printed.items():
        if key < before and auditor.machines.get(key) == place.name and number > whole.get(key, 0):
            auditor.blame(
                "printed_is_printed", f"{key} is said to be printed {number} times, out came {whole.get(key, 0)}"
            )


def _check_touches(place: TicketPlace, auditor: Auditor, before: str) -> None:
    """See that tickets nobody saw are no more than touches of which nobody saw what became of them."""
    seen = {touch.ticket: None for touch in place.touches if touch.ticket}
    if len(seen) < sum(1 for touch in place.touches if touch.ticket):
        auditor.blame("one_touch_one_ticket", f"two touches at {place.name} were shown the same ticket")
    unseen = [
        key
        for key, machine in auditor.machines.items()
        if key < before and machine == place.name and key not in seen and key not in auditor.given_up
    ]
    unknown = sum(1 for touch in place.touches if not touch.is_known)
    if len(unseen) > unknown:
        auditor.blame(
            "one_touch_one_ticket",
            f"{place.name} gave {', '.join(unseen[:3])}, and {unknown} touches ended in the dark",
        )
