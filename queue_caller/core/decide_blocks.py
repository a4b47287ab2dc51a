"""Decisions on leased numbers: lease a block, merge what a machine handed out of it."""

from datetime import date, timedelta

from contract.body import Fact
from contract.queue import NumberBlock, OfflineTicket, RefusalCode
from contract.queue_facts import BlockLeased, OfflineTicketAccepted, OfflineTicketRefused
from contract.queue_requests import BlockReply, LeaseBlock, ReconcileReply, ReconcileTickets, RefusedOffline
from hallkit.rules.numbering import LEASE_SERIES, NumberingError, parse_ticket
from queue_caller.core.asked import Asked, Decision
from queue_caller.core.digest import digest_of
from queue_caller.core.errors import Refusal
from queue_caller.core.hall import Hall, from_micros, key_of, micros
from queue_caller.core.openings import business_day


def lease(hall: Hall, request: LeaseBlock, asked: Asked) -> Decision:
    """Lease the next run of numbers; every lease is new, so a machine that lost its disk repeats nothing."""
    service = hall.service(request.service)
    if asked.device and asked.device != request.machine:
        raise Refusal(RefusalCode.FOREIGN_MACHINE)
    day = business_day(hall, asked.now) + timedelta(days=request.next_day)
    size = hall.site.rules.block_size
    if _leases(hall, request, day) >= hall.site.rules.blocks_per_machine:
        raise Refusal(RefusalCode.BLOCK_LIMIT)
    first = LEASE_SERIES.run_after(hall.counter(day, service.prefix).leased, size)
    if first is None:
        raise Refusal(RefusalCode.NUMBERS_EXHAUSTED)
    block = NumberBlock(
        block=f"{day:%Y%m%d}-{service.prefix}{first}", hall=hall.site.hall, machine=request.machine,
        service=service.id, prefix=service.prefix, business_day=day, epoch=hall.record.epoch, first=first,
        last=first + size - 1,
    )  # fmt: skip
    return Decision((BlockLeased(block=block, at=asked.now),), BlockReply(block=block))


def _leases(hall: Hall, request: LeaseBlock, day: date) -> int:
    blocks = (one.block for one in hall.record.blocks.values())
    wanted = (request.machine, request.service, day)
    return sum((one.machine, one.service, one.business_day) == wanted for one in blocks)


def reconcile(hall: Hall, request: ReconcileTickets, asked: Asked) -> Decision:
    """Merge a block's offline tickets by the time they were taken; what cannot be merged is kept, with the reason."""
    block = request.block
    try:
        facts = _recovered(hall, block, asked)
    except Refusal as refusal:
        return _refuse_all(request, refusal.code, asked)
    accepted: list[str] = []
    refused: list[RefusedOffline] = []
    seen = dict(hall.record.blocks[block.block].used) if block.block in hall.record.blocks else {}
    for offline in request.tickets:
        digest = digest_of(offline)
        code = _fault(hall, block, offline, seen.get(offline.ticket), digest)
        if code is not None:
            refused.append(RefusedOffline(ticket=offline.ticket, code=code))
            facts.append(OfflineTicketRefused(block=block, offline=offline, code=code, at=asked.now))
            continue
        accepted.append(offline.ticket)
        if offline.ticket not in seen:
            seen[offline.ticket] = digest
            facts.append(_accept(hall, block, offline, asked))
    return Decision(tuple(facts), ReconcileReply(accepted=tuple(accepted), refused=tuple(refused)))


def _recovered(hall: Hall, block: NumberBlock, asked: Asked) -> list[Fact]:
    """Return the facts that make an honest block known again; refuse one this engine never leased."""
    known = hall.record.blocks.get(block.block)
    if asked.device and asked.device != block.machine:
        raise Refusal(RefusalCode.FOREIGN_MACHINE)
    if known is not None:
        return [] if known.block == block else _refuse_other(known.block, block)
    if block.hall != hall.site.hall or block.service not in hall.site.service or block.last < block.first:
        raise Refusal(RefusalCode.FOREIGN_BLOCK)
    today = business_day(hall, asked.now)
    if not today - hall.site.rules.block_memory <= block.business_day <= today:
        raise Refusal(RefusalCode.FOREIGN_DAY)
    if block.epoch not in hall.record.epochs:
        raise Refusal(RefusalCode.FOREIGN_EPOCH)
    if not _lost_by_restore(hall, block):
        raise Refusal(RefusalCode.FOREIGN_BLOCK)
    return [BlockLeased(block=block, at=asked.now)]


def _refuse_other(known: NumberBlock, claimed: NumberBlock) -> list[Fact]:
    if known.machine != claimed.machine:
        raise Refusal(RefusalCode.FOREIGN_MACHINE)
    if known.business_day != claimed.business_day:
        raise Refusal(RefusalCode.FOREIGN_DAY)
    if known.epoch != claimed.epoch:
        raise Refusal(RefusalCode.FOREIGN_EPOCH)
    raise Refusal(RefusalCode.FOREIGN_BLOCK)


def _lost_by_restore(hall: Hall, block: NumberBlock) -> bool:
    """Return whether a block lies in numbers that were skipped because its lease may be among the lost facts."""
    return any(
        lost.business_day == block.business_day
        and lost.prefix == block.prefix
        and lost.after < block.first <= block.last <= lost.last
        for lost in hall.record.lost
    )


def _refuse_all(request: ReconcileTickets, code: RefusalCode, asked: Asked) -> Decision:
    facts = tuple(
        OfflineTicketRefused(block=request.block, offline=one, code=code, at=asked.now) for one in request.tickets
    )
    refused = tuple(RefusedOffline(ticket=one.ticket, code=code) for one in request.tickets)
    return Decision(facts, ReconcileReply(accepted=(), refused=refused))


def _fault(
    hall: Hall, block: NumberBlock, offline: OfflineTicket, merged: str | None, digest: str
) -> RefusalCode | None:
    """Return why an offline ticket cannot be merged; None if it can, or is merged already."""
    try:
        prefix, number = parse_ticket(offline.ticket)
    except NumberingError:
        return RefusalCode.NOT_IN_BLOCK
    if prefix != block.prefix or not block.first <= number <= block.last:
        return RefusalCode.NOT_IN_BLOCK
    if merged is not None:
        return None if merged == digest else RefusalCode.NUMBER_TAKEN
    if not offline.services or any(one not in hall.site.service for one in offline.services):
        return RefusalCode.UNKNOWN_SERVICE
    key = key_of(block.business_day, offline.ticket)
    taken = key in hall.record.tickets or key in hall.record.ended
    return RefusalCode.NUMBER_TAKEN if taken else None


def _accept(hall: Hall, block: NumberBlock, offline: OfflineTicket, asked: Asked) -> OfflineTicketAccepted:
    """Return the merge of a ticket; a machine's wrong clock can put nobody after now or before the day it is of."""
    earliest = micros(asked.now.replace(hour=0, minute=0, second=0, microsecond=0))
    midnight = earliest - (asked.now.date() - block.business_day).days * 86_400_000_000
    since = min(max(micros(offline.taken_at), midnight), micros(asked.now))
    return OfflineTicketAccepted(
        ticket=offline.ticket, business_day=block.business_day, at=asked.now, since=from_micros(since, asked.now),
        block=block.block, machine=block.machine, number=parse_ticket(offline.ticket)[1], offline=offline,
    )  # fmt: skip
