"""The queue engine as a program: on a broker and a disk in memory, in virtual time."""

import asyncio
import random
import sqlite3
import tomllib
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract import codec, topics
from contract.board import ZoneBoard
from contract.body import Command, Reply, Result
from contract.envelope import Envelope
from contract.link import Ack, CommandDone
from contract.queue import IssueChannel, OfflineTicket, RefusalCode
from contract.queue_requests import (
    BlockReply,
    CallNext,
    CallReply,
    FinishReply,
    FinishService,
    IssueTicket,
    LeaseBlock,
    OpenWindow,
    QueueRefused,
    ReconcileReply,
    ReconcileTickets,
    StartService,
    TicketIssuedReply,
)
from contract.rating import AskRating, SetStaffCard
from contract.topics import Address, Channel
from hall24.presets import ALWAYS, county_hall
from hallkit.inventory.schema import Hall
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.config import parse
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.store import open_database
from hallkit.runtime.virtual_time import run_virtual
from hallkit.runtime.writer import InlineWriter
from queue_caller.app.engine import EngineApp, EnginePlaces
from queue_caller.config import queue_table, site_of
from queue_caller.drivers.block_signer import BlockSigner
from queue_caller.drivers.witness import Witness

START = datetime(2026, 9, 14, 23, 55, tzinfo=SHANGHAI)
HALL = parse(tomllib.loads(county_hall(hours=ALWAYS)), Hall)
SIGNER = BlockSigner(Ed25519PrivateKey.from_private_bytes(bytes(32)))


@dataclass
class Rig:
    clock: LoopClock
    broker: MemoryBroker = field(default_factory=MemoryBroker)
    database: sqlite3.Connection = field(default_factory=lambda: open_database(":memory:"))
    boards: dict[str, ZoneBoard] = field(default_factory=dict)
    commands: list[Command] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)
    witness: Witness | None = None
    boots: int = 0

    def start_engine(self) -> EngineApp:
        self.boots += 1
        windows = {
            HALL.address(one.name): one.window for one in HALL.devices if one.kind in ("call-pad", "ticket-machine")
        }
        pads = {one.window: HALL.address(one.name) for one in HALL.of_kind("rating-pad") if one.window}
        app = EngineApp(
            site_of(HALL), queue_table(HALL), EnginePlaces(askers=windows, pads=pads),
            HALL.address("queue-engine"), "x", database=self.database, writer=InlineWriter(), signer=SIGNER,
            links=self.broker.links(), clock=self.clock, chance=random.Random(self.boots), witness=self.witness,
        )  # fmt: skip
        self.tasks.insert(0, asyncio.ensure_future(app.run()))
        return app

    async def kill_engine(self) -> None:
        task = self.tasks.pop(0)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    def device(self, name: str, seed: int = 7) -> Device:
        hear = {topics.board("demo", zone): self.hear_board for zone in "AHCK"}
        device = Device(
            HALL.address(name), "x", links=self.broker.links(), clock=self.clock, chance=random.Random(seed), hear=hear
        )
        device.on_command = self.obey
        self.tasks.append(asyncio.ensure_future(device.run()))
        return device

    async def obey(self, address: Address, command: Command, envelope: Envelope) -> Result:
        self.commands.append(command)
        return CommandDone()

    def hear_board(self, message: LinkMessage) -> None:
        board = codec.body_of(codec.decode(message.payload), ZoneBoard)
        self.boards[board.zone] = board

    async def stop(self) -> None:
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)


ISSUE = IssueTicket(services=("A",), channel=IssueChannel.TOUCH)


async def issue(machine: Device, key: str) -> TicketIssuedReply:
    reply = await machine.ask("queue", ISSUE, key=key)
    assert isinstance(reply, TicketIssuedReply), reply
    return reply


async def pad_ask(
    bridge: Device, request: OpenWindow | CallNext | StartService | FinishService, window: int = 1
) -> Reply:
    return await bridge.ask("queue", request, key=f"{type(request).__name__}-{window}-{bridge.postmark.new_id()}")


def test_a_ticket_is_called_shown_served_and_rated_across_midnight() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        rig.start_engine()
        machine, caller, _pad = rig.device("ticket-1"), rig.device("caller-01"), rig.device("pad-01")
        ticket = await issue(machine, "press-1")
        await clock.sleep(600)
        await pad_ask(caller, OpenWindow(window=1, staff="0107"))
        called = await pad_ask(caller, CallNext(window=1))
        await clock.sleep(1)

        assert clock.now().date() > START.date()
        assert isinstance(called, CallReply)
        assert called.ticket == ticket.ticket == "A001"
        assert rig.boards["A"].calls[0].ticket == "A001"
        await pad_ask(caller, StartService(window=1))
        finished = await pad_ask(caller, FinishService(window=1))
        await clock.sleep(1)
        assert isinstance(finished, FinishReply)
        assert [type(one) for one in rig.commands] == [SetStaffCard, AskRating]
        asked = rig.commands[-1]
        assert isinstance(asked, AskRating)
        assert asked.service_event == finished.service_event
        await rig.stop()

    run_virtual(main, START)


def test_the_same_press_gets_the_same_ticket_whatever_is_killed_between() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        rig.start_engine()
        machine = rig.device("ticket-1")
        first = await issue(machine, "press-1")
        await rig.kill_engine()
        rig.start_engine()
        again = await issue(machine, "press-1")
        other = await issue(machine, "press-2")

        assert again == first
        assert other.ticket == "A002"
        await rig.stop()

    run_virtual(main, START)


def test_a_call_pad_commands_its_own_window_only() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        rig.start_engine()
        caller = rig.device("caller-01")
        reply = await pad_ask(caller, OpenWindow(window=2, staff="0107"))

        assert reply == QueueRefused(code=RefusalCode.NOT_AUTHORISED)
        await rig.stop()

    run_virtual(main, START)


def test_a_rating_pad_that_asks_for_a_ticket_is_refused_by_kind() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        rig.start_engine()
        machine = rig.device("caller-01")
        reply = await machine.ask("queue", ISSUE, key="press-1")

        assert reply == QueueRefused(code=RefusalCode.NOT_AUTHORISED)
        await rig.stop()

    run_virtual(main, START)


def test_offline_tickets_are_merged_once_and_only_with_the_engines_signature() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        rig.start_engine()
        machine = rig.device("ticket-1")
        lease = await machine.ask("queue", LeaseBlock(machine="ticket-1", service="A"), key="lease-1")
        assert isinstance(lease, BlockReply)
        number = f"A{lease.block.first:03d}"
        offline = OfflineTicket(ticket=number, taken_at=clock.now(), link="L1", services=("A",))
        forged = await machine.ask("queue", ReconcileTickets(block=lease.block, tickets=(offline,)), key="r0")
        merged = [
            await machine.ask(
                "queue", ReconcileTickets(block=lease.block, tickets=(offline,), signature=lease.signature), key=key
            )
            for key in ("r1", "r2")
        ]

        assert forged == QueueRefused(code=RefusalCode.FOREIGN_BLOCK)
        assert merged == [ReconcileReply(accepted=(number,))] * 2
        await rig.stop()

    run_virtual(main, START)


def test_an_engine_restored_from_an_old_copy_never_gives_a_number_again() -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock)
        app = rig.start_engine()
        machine = rig.device("ticket-1")
        given = [(await issue(machine, f"press-{number}")).ticket for number in range(5)]
        copy = open_database(":memory:")
        rig.database.backup(copy)
        given += [(await issue(machine, f"later-{number}")).ticket for number in range(5)]
        known = Ack(dev="queue-engine", inc=app.keeper.journal.inc, seq=app.keeper.journal.last)
        rig.broker.route(HALL.address("queue-engine").topic(Channel.ACK), app.device.postmark.stamp(known), retain=True)
        await rig.kill_engine()
        rig.database = copy
        rig.start_engine()
        given += [(await issue(machine, f"after-{number}")).ticket for number in range(5)]

        assert len(set(given)) == 15
        await rig.stop()

    run_virtual(main, START)


class Died(Witness):
    """A witness whose engine is killed: nothing is forgotten at the end."""

    def forget(self) -> None:
        pass


def test_a_killed_engine_answers_at_once_without_a_hall_store_if_its_witness_saw_all_of_the_journal(
    tmp_path: Path,
) -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock, witness=Died(tmp_path))
        rig.start_engine()
        machine = rig.device("ticket-1")
        first = await issue(machine, "press-1")
        for witness, most in ((Died(tmp_path), 1.0), (None, 4.0)):
            await rig.kill_engine()
            rig.witness = witness
            rig.start_engine()
            start = clock.monotonic()
            assert await issue(machine, "press-1") == first
            assert most - 1.5 < clock.monotonic() - start < most
        await rig.stop()

    run_virtual(main, START)


def test_an_engine_restored_under_the_eyes_of_its_witness_begins_a_new_epoch_and_doubles_no_number(
    tmp_path: Path,
) -> None:
    async def main(clock: LoopClock) -> None:
        rig = Rig(clock, witness=Died(tmp_path))
        app = rig.start_engine()
        machine = rig.device("ticket-1")
        given = [(await issue(machine, f"press-{number}")).ticket for number in range(5)]
        copy, inc = open_database(":memory:"), app.keeper.journal.inc
        rig.database.backup(copy)
        given += [(await issue(machine, f"later-{number}")).ticket for number in range(5)]
        await rig.kill_engine()
        rig.database, rig.witness = copy, Died(tmp_path)
        app = rig.start_engine()
        given += [(await issue(machine, f"after-{number}")).ticket for number in range(5)]
        assert len(set(given)) == 15
        assert app.keeper.journal.inc != inc
        assert Witness(tmp_path).last(app.keeper.journal.inc) == app.keeper.journal.last
        await rig.stop()

    run_virtual(main, START)
