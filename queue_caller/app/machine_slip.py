"""The slip of a ticket of one machine."""

from hallkit.devices.print_job import PrintJob
from hallkit.devices.ticket_slip import TicketSlip, ticket_job
from hallkit.text.fonts import FontLibrary
from queue_caller.core.machine_ticket import HeldTicket
from queue_caller.screens.shown import Face


class Slips:
    """Sets the slips of one machine."""

    def __init__(self, face: Face, fonts: FontLibrary) -> None:
        self._face, self._fonts = face, fonts

    def job(self, ticket: HeldTicket) -> PrintJob:
        """Return the print job of a ticket; a reprint is marked 补打."""
        return ticket_job(ticket.job, self._slip(ticket), self._fonts)

    def _slip(self, ticket: HeldTicket) -> TicketSlip:
        face, service = self._face, self._face.service(ticket.service)
        return TicketSlip(
            hall=face.title, zone=service.prefix, zone_name=service.name, number=ticket.ticket,
            machine=f"取号机 {face.number}", helpline=face.helpline, taken_at=ticket.taken_at, ahead=ticket.ahead,
            wait=None if ticket.low is None or ticket.high is None else (ticket.low, ticket.high),
            link=None if ticket.is_offline else f"{face.public_url}/q/{ticket.link}", is_offline=ticket.is_offline,
            reprint=ticket.reprint, is_demo=face.demo,
        )  # fmt: skip
