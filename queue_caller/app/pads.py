"""What rating pads are told: who serves at their window and which service event to rate, again whenever they come back.

A command is no promise: its pad, the broker or the engine may die before it arrives. So the newest of each kind is
kept, found again in the journal after a restart, and said to a pad whenever it says that it is there.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta

from contract import codec
from contract.body import Command, Fact
from contract.link import DeviceState, Presence
from contract.queue_facts import ServiceFinished, WindowClosed, WindowOpened
from contract.rating import AskRating, SetStaffCard
from contract.topics import Address
from hallkit.runtime.clock import Clock
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.postmark import open_message

Tell = Callable[[Address, Command, datetime], None]
"""Sends a command that is void after a time."""


class RatingPads:
    """The pads by window; `tell` sends one command."""

    def __init__(self, pads: Mapping[int, Address], seconds: int, clock: Clock, tell: Tell) -> None:
        self._pads, self._asks_for, self._clock, self._tell = pads, timedelta(seconds=seconds), clock, tell
        self._windows = {address: window for window, address in pads.items()}
        self._cards: dict[int, SetStaffCard] = {}
        self._asks: dict[int, AskRating] = {}

    def remember(self, staff: Mapping[int, str], facts: Iterable[Fact]) -> None:
        """Take what pads were to be told before this start: who serves where, and the latest facts in order."""
        self._cards = {window: SetStaffCard(window=window, staff=name) for window, name in staff.items()}
        for fact in facts:
            self._note(fact)

    def on_fact(self, fact: Fact) -> None:
        """Tell the pad of a window what a committed fact means to it."""
        command = self._note(fact)
        if command is not None:
            self._say(command)

    def on_state(self, message: LinkMessage) -> None:
        """Tell a pad that says it is there everything that still holds; what it knows already changes nothing there."""
        address, _, envelope = open_message(message)
        window = self._windows[address]
        if codec.body_of(envelope, DeviceState).presence is not Presence.ONLINE:
            return
        for command in (self._cards.get(window), self._asks.get(window)):
            if command is not None:
                self._say(command)

    def _note(self, fact: Fact) -> AskRating | SetStaffCard | None:
        if isinstance(fact, ServiceFinished):
            ask = self._asks[fact.window] = AskRating(
                service_event=fact.service_event, window=fact.window, ticket=fact.ticket, staff=fact.staff,
                until=fact.at + self._asks_for,
            )  # fmt: skip
            return ask
        if isinstance(fact, WindowOpened | WindowClosed):
            staff = fact.staff if isinstance(fact, WindowOpened) else ""
            card = self._cards[fact.window] = SetStaffCard(window=fact.window, staff=staff)
            return card
        return None

    def _say(self, command: AskRating | SetStaffCard) -> None:
        now = self._clock.now()
        deadline = command.until if isinstance(command, AskRating) else now + self._asks_for
        if deadline <= now:
            self._asks.pop(command.window, None)
        elif (pad := self._pads.get(command.window)) is not None:
            self._tell(pad, command, deadline)
