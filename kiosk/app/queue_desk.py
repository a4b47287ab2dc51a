"""What a kiosk asks of the hall's queue: a ticket for a window."""

from contract.queue import SERVICE, IssueChannel
from contract.queue_requests import IssueTicket, QueueRefused, TicketIssuedReply
from hallkit.devices.ticket_slip import TicketSlip
from hallkit.inventory.schema import Hall
from hallkit.runtime.device import Device
from hallkit.runtime.requester import NoAnswerError
from kiosk.core.happening import Happened
from kiosk.core.session import Session, Told
from kiosk.core.table import Event
from kiosk.core.world import Face

PATIENCE = 3.0
"""Seconds a citizen waits for the queue."""


class QueueDesk:
    """Takes tickets for one kiosk."""

    def __init__(self, device: Device, hall: Hall, face: Face) -> None:
        self._device, self._hall, self._face = device, hall, face

    async def issue(self, session: Session) -> Happened:
        """Take a ticket for the queue just chosen."""
        request = IssueTicket(
            services=(session.told.detail,), channel=IssueChannel.KIOSK, elder=session.mode.elder,
            person=self._device.postmark.new_token().lower(),
        )  # fmt: skip
        try:
            reply = await self._device.ask(SERVICE, request, key=self._device.postmark.new_id(), patience=PATIENCE)
        except NoAnswerError:
            return Happened(Event.AWAY, brings=Told(word="queue"))
        if isinstance(reply, TicketIssuedReply):
            return Happened(Event.TICKETED, brings=reply)
        word = reply.code.value if isinstance(reply, QueueRefused) else "fault"
        return Happened(Event.REFUSED, brings=Told(word=word))

    def slip(self, ticket: TicketIssuedReply) -> TicketSlip:
        """Return what the paper of a ticket says."""
        service = next(one for one in self._hall.services if one.id == ticket.service)
        zone = next(one for one in self._hall.zones if one.id == service.zone)
        told = ticket.estimate
        return TicketSlip(
            hall=self._face.title, zone=zone.id, zone_name=service.name, number=ticket.ticket,
            machine=self._face.number, helpline=self._face.helpline, taken_at=ticket.issued_at, ahead=ticket.ahead,
            wait=(told.low_minutes, told.high_minutes) if told is not None else None,
            link=f"{self._face.public_url}/q/{ticket.link}", is_demo=self._face.demo,
        )  # fmt: skip
