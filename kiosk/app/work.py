"""What each effect of a step does: one question, one paper, one picture, and what it brings back."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from contract.guide_desk import ComplaintCategory, ComplaintFiled, HelpCalled
from contract.rating import RatingGiven, RatingReasonsGiven
from hallkit.runtime.clock import Clock
from hallkit.runtime.device import Device
from kiosk.app.catalogue_desk import CatalogueDesk
from kiosk.app.centre_desk import CentreDesk
from kiosk.app.hardware import Hardware
from kiosk.app.identity_desk import IdentityDesk
from kiosk.app.material_desk import MaterialDesk
from kiosk.app.queue_desk import QueueDesk
from kiosk.app.sheet_desk import SheetDesk
from kiosk.app.slip_desk import SlipDesk
from kiosk.core.happening import SHEET, Happened, SlipNews
from kiosk.core.moves import Effect
from kiosk.core.session import Session, Slip, Told
from kiosk.core.table import Event

HELP_PATIENCE = 45.0
"""Seconds a call for help may stay without an answer before the citizen is given the telephone number."""

CARD_LEFT = "card_left"
"""Where a call for help says it comes from when nobody stands there but a card."""

NUMBER_SHOWN = 10
"""Last characters of a complaint's number, which tell it from every other of the hall."""


@dataclass(frozen=True, slots=True)
class Desks:
    """Whoever does the work."""

    centre: CentreDesk
    catalogue: CatalogueDesk
    identity: IdentityDesk
    materials: MaterialDesk
    slips: SlipDesk
    sheets: SheetDesk
    queue: QueueDesk
    hardware: Hardware


@dataclass(frozen=True, slots=True)
class _Asked:
    """One piece of work: the session it is for, the one before the step, and the text of the event."""

    session: Session
    before: Session
    text: str


Done = Happened | None


class Work:
    """Does effects for one kiosk; `handle` hears news on the way."""

    def __init__(
        self, desks: Desks, device: Device, clock: Clock, handle: Callable[[Happened], None],
        session: Callable[[], Session],
    ) -> None:  # fmt: skip
        self._desks, self._device, self._clock, self._handle, self._session = desks, device, clock, handle, session
        self._rating = self._help = ""
        self._alarmed = False
        self._heard = asyncio.Event()
        self._ways: Mapping[Effect, Callable[[_Asked], Awaitable[Done]]] = {
            Effect.READ_CARD: self._read_card, Effect.WATCH: self._watch, Effect.ALARM: self._alarm,
            Effect.ASK_GUIDE: lambda asked: desks.catalogue.guide(asked.session),
            Effect.ASK_FILE: lambda asked: desks.centre.on_file(asked.session),
            Effect.CHECK: lambda asked: desks.centre.check(asked.session),
            Effect.SUBMIT: lambda asked: desks.centre.submit(asked.session),
            Effect.FIND: lambda asked: desks.centre.find(asked.session),
            Effect.REPRINT: lambda asked: desks.centre.reprint(asked.session, asked.text),
            Effect.SUPPLEMENT: lambda asked: desks.centre.supplement(asked.session),
            Effect.WITHDRAW: lambda asked: desks.centre.withdraw(asked.session),
            Effect.REPORT_WRONG: lambda asked: desks.centre.report_wrong(asked.session),
            Effect.ISSUE: lambda asked: desks.queue.issue(asked.session),
            Effect.SHOOT: lambda asked: desks.materials.shoot(asked.session),
            Effect.DROP: self._drop, Effect.PRINT_SLIP: self._print_slip, Effect.PRINT_TICKET: self._print_ticket,
            Effect.RATE: self._rate, Effect.REASONS: self._reasons, Effect.CALL: self._call,
            Effect.COMPLAIN: self._complain, Effect.PRINT_SHEET: self._print_sheet,
            Effect.PRINT_GUIDE: self._print_sheet,
        }  # fmt: skip

    async def do(self, effect: Effect, session: Session, before: Session, text: str) -> Done:
        """Do the work of an effect; return what happened through it."""
        return await self._ways[effect](_Asked(session, before, text))

    async def _read_card(self, asked: _Asked) -> Done:
        self._desks.identity.start()
        return None

    async def _watch(self, asked: _Asked) -> Done:
        self._alarmed = False
        self._desks.identity.watch()
        return None

    async def _alarm(self, asked: _Asked) -> Done:
        """Call the guide desk, once, for a card that its owner left on the reader."""
        if not self._alarmed:
            self._alarmed = True
            call = HelpCalled(help=self._device.postmark.new_id(), screen=CARD_LEFT, at=self._clock.now())
            await self._device.report(call)
        return None

    async def _drop(self, asked: _Asked) -> Done:
        return self._desks.materials.drop(asked.session)

    async def _print_slip(self, asked: _Asked) -> Done:
        issued = asked.session.issued
        if issued is None:
            return None
        self._handle(Happened(Event.PRINTING, brings=SlipNews(issued.notice.document, Slip.PRINTING)))
        return Happened(Event.PRINTING, brings=await self._desks.slips.print_notice(issued.notice))

    async def _print_ticket(self, asked: _Asked) -> Done:
        ticket = asked.session.ticket
        if ticket is None:
            return None
        return Happened(Event.PRINTING, brings=await self._desks.slips.print_ticket(ticket))

    async def _rate(self, asked: _Asked) -> Done:
        session = asked.session
        case = session.issued.notice.case if session.issued else session.case.case if session.case else ""
        if session.grade is None or asked.before.grade is not None or not case:
            return None
        self._rating = self._device.postmark.new_id()
        fact = RatingGiven(
            rating=self._rating, service_event=f"case/{case}", grade=session.grade, at=self._clock.now()
        )  # fmt: skip
        await self._device.report(fact)
        return None

    async def _reasons(self, asked: _Asked) -> Done:
        before = asked.before
        case = before.issued.notice.case if before.issued else before.case.case if before.case else ""
        if before.grade is None or not before.reasons or not self._rating:
            return None
        fact = RatingReasonsGiven(rating=self._rating, service_event=f"case/{case}", reasons=before.reasons)
        await self._device.report(fact)
        return None

    async def _call(self, asked: _Asked) -> Done:
        """Call the guide desk, and wait for its word as long as a citizen does."""
        self._help = call = self._device.postmark.new_id()
        self._heard = heard = asyncio.Event()
        called = HelpCalled(help=call, screen=asked.before.state.value, at=self._clock.now())
        await self._device.report(called)
        try:
            async with asyncio.timeout(HELP_PATIENCE):
                await heard.wait()
        except TimeoutError:
            return Happened(Event.HEARD, "unheard") if self._help == call else None
        return Happened(Event.HEARD, "heard")

    def heard(self, call: str) -> bool:
        """Take the guide desk's word on a call; return whether it is the one made last."""
        if call != self._help:
            return False
        self._heard.set()
        return True

    async def _complain(self, asked: _Asked) -> Done:
        entry, chosen = asked.session.entry, asked.session.category
        known = {one.value for one in ComplaintCategory}
        number = self._device.postmark.new_id()
        filed = ComplaintFiled(
            complaint=number, category=ComplaintCategory(chosen if chosen in known else ComplaintCategory.OTHER),
            at=self._clock.now(), text=entry.value("text"), phone=entry.value("phone"),
        )  # fmt: skip
        await self._device.report(filed)
        return Happened(Event.NOTED, brings=Told(word="complained", number=number[-NUMBER_SHOWN:]))

    async def _print_sheet(self, asked: _Asked) -> Done:
        self._handle(Happened(Event.PRINTING, brings=SlipNews(SHEET, Slip.PRINTING)))
        return Happened(Event.PRINTING, brings=await self._desks.sheets.print(asked.session))
