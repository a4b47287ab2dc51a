"""The queue engine put together from a hall's file."""

from collections.abc import Awaitable, Callable

from hallkit.inventory.grants import ASKERS
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start
from hallkit.runtime.writer import ThreadWriter
from queue_caller.app.engine import EngineApp, EnginePlaces
from queue_caller.config import ENGINE, queue_table, site_of
from queue_caller.drivers.block_signer import load_signer
from queue_caller.drivers.day_salts import DaySalts
from queue_caller.drivers.witness import Witness


def places(hall: Hall) -> EnginePlaces:
    """Return who asks the engine and where the rating pads are."""
    askers = {hall.address(one.name): one.window for one in hall.devices if one.kind in ASKERS}
    askers[hall.address("intake")] = None
    pads = {one.window: hall.address(one.name) for one in hall.of_kind("rating-pad") if one.window is not None}
    return EnginePlaces(askers=askers, pads=pads)


def day_salts(start: Start) -> DaySalts | None:
    """Return the salts a hall's machines share; None where they would travel in the clear with people's numbers."""
    if start.hall.broker.tls_ca is None and not start.hall.hall.demo:
        return None
    return DaySalts(start.database(f"{ENGINE}-salts"), start.chance)


def engine(start: Start) -> Callable[[], Awaitable[None]]:
    """Return the hall's queue engine, ready to run."""
    site, table = site_of(start.hall), queue_table(start.hall)
    writer = ThreadWriter(ENGINE)
    app = EngineApp(
        site, table, places(start.hall), start.hall.address(ENGINE), start.password(ENGINE),
        database=start.database(ENGINE), writer=writer, signer=load_signer(start.path("queue-engine.key")),
        links=start.links, clock=start.clock, chance=start.chance, witness=Witness(),
        vouched=start.vouched, salts=day_salts(start),
    )  # fmt: skip
    return app.run
