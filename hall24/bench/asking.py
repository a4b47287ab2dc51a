"""Load for the queue engine: devices that ask without pause, one request at a time each."""

import random
import selectors
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import perf_counter

from contract import codec
from contract.body import Reply, Request
from contract.queue import SERVICE, IssueChannel
from contract.queue_requests import IssueTicket, TicketIssuedReply
from contract.topics import Channel
from hall24.bench.errors import BenchError
from hall24.bench.raw import RawClient
from hall24.bench.rig import BenchHall
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.postmark import Postmark

PATIENCE = 10.0
QUEUES = ("A", "E", "M", "Y", "H", "C", "K")


@dataclass(slots=True)
class Asker:
    """One device on a connection of its own; `next_request` says what it asks after a reply, None when it is done."""

    name: str
    client: RawClient
    topic: str
    postmark: Postmark
    next_request: Callable[[Reply | None], Request | None]
    key: str = ""
    asked_at: float = 0.0


@dataclass(slots=True)
class Asked:
    """What a run of asking took: seconds in all, of every request, and every reply by who asked."""

    seconds: float = 0.0
    times: list[float] = field(default_factory=list)
    replies: list[tuple[str, Reply]] = field(default_factory=list)


def asker(rig: BenchHall, name: str, next_request: Callable[[Reply | None], Request | None]) -> Asker:
    """Return a device of the hall, connected to its broker and listening to its replies."""
    address = rig.hall.address(name)
    client = RawClient(rig.place, name, rig.passwords[name], (address.topic(Channel.REPLY),))
    postmark = Postmark(name, SystemClock(), random.Random(name))
    return Asker(name, client, address.topic(Channel.REQUEST), postmark, next_request)


def ask_all(askers: Sequence[Asker]) -> Asked:
    """Let every device ask until it is done; raise BenchError when the engine falls silent."""
    done = Asked()
    with selectors.DefaultSelector() as selector:
        start = perf_counter()
        busy = 0
        for one in askers:
            selector.register(one.client, selectors.EVENT_READ, one)
            busy += _ask(one, None)
        while busy:
            ready = selector.select(PATIENCE)
            if not ready:
                raise BenchError(f"the engine did not answer {busy} devices within {PATIENCE:g} s")
            for key, _ in ready:
                busy += _hear(key.data, done)
        done.seconds = perf_counter() - start
    return done


def ticket_source(
    total: int, machines: int, place: int, queues: Sequence[str]
) -> Callable[[Reply | None], Request | None]:
    """Return what machine number `place` of `machines` asks: its share of `total` tickets, queue after queue."""
    numbers = iter(range(place, total, machines))

    def next_request(_: Reply | None) -> Request | None:
        number = next(numbers, None)
        if number is None:
            return None
        return IssueTicket(services=(queues[number % len(queues)],), channel=IssueChannel.TOUCH)

    return next_request


def issue(rig: BenchHall, total: int, machines: int = 8, queues: Sequence[str] = QUEUES) -> Asked:
    """Take `total` tickets at `machines` machines at once; raise BenchError for a refused one."""
    askers = [
        asker(rig, f"ticket-{place + 1}", ticket_source(total, machines, place, queues)) for place in range(machines)
    ]
    try:
        asked = ask_all(askers)
    finally:
        for one in askers:
            one.client.close()
    refused = [reply for _, reply in asked.replies if not isinstance(reply, TicketIssuedReply)]
    if refused:
        raise BenchError(f"{len(refused)} tickets were refused: {refused[0]}")
    return asked


def doubled(asked: Asked) -> int:
    """Return how many tickets carry a number that an earlier one of the same business day carries."""
    numbers = [(one.business_day, one.ticket) for _, one in asked.replies if isinstance(one, TicketIssuedReply)]
    return len(numbers) - len(set(numbers))


def _ask(one: Asker, reply: Reply | None) -> int:
    """Send the next request; return how many requests more are open."""
    request = one.next_request(reply)
    if request is None:
        return 0
    one.key = one.postmark.new_id()
    data = one.postmark.stamp(request, key=one.key, service=SERVICE)
    one.asked_at = perf_counter()
    one.client.publish(one.topic, data)
    return 1


def _hear(one: Asker, done: Asked) -> int:
    """Take what came for one device and ask on; return by how many the open requests changed."""
    change = 0
    for message in one.client.read():
        envelope = codec.decode(message.payload)
        if envelope.corr != one.key:
            continue
        done.times.append(perf_counter() - one.asked_at)
        reply = codec.body_of(envelope, Reply)
        done.replies.append((one.name, reply))
        change += _ask(one, reply) - 1
    return change
