"""The bridge put together from a hall's file: one program, three identities on the link."""

from collections.abc import Awaitable, Callable, Mapping

from contract.field import SensorKind
from hallkit.inventory.grants import CENTRE_ASKERS, REPORTERS, addresses, boards
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.device import Device
from hallkit.runtime.outbox import Outbox
from hallkit.runtime.supervise import Job, run_jobs
from hallkit.runtime.writer import InlineWriter, ThreadWriter, Writer
from hallkit.transports.url import Sockets, open_stream
from mqtt_bridge.app.field import FieldApp, FieldParts
from mqtt_bridge.app.pad_desk import PadDesk
from mqtt_bridge.config import BridgeTable, bridge_table
from mqtt_bridge.core.field_timing import LineTiming
from mqtt_bridge.core.field_units import InputTable, Sensor
from mqtt_bridge.core.translate import PadWindow
from mqtt_bridge.drivers.call_pad_line import CallPadLine
from mqtt_bridge.drivers.line_turns import EveryTurn, Turns
from mqtt_bridge.drivers.modbus_line import ModbusLine
from mqtt_bridge.store.hall_store import HallStore
from mqtt_bridge.store.presses import Presses
from mqtt_bridge.store.quarantine import Bounds
from mqtt_bridge.store.service import StoreService
from mqtt_bridge.store.uplink import Uplink


def bridge(start: Start) -> Callable[[], Awaitable[None]]:
    """Return the hall's bridge, ready to run."""
    fields = [(entry.name, field_side(start, entry).run) for entry in start.hall.of_kind("bridge")]
    jobs = [*store_jobs(start, ThreadWriter("hall-store")), *fields]

    async def run() -> None:
        await run_jobs(jobs)

    return run


def store_jobs(start: Start, writer: Writer) -> tuple[Job, Job]:
    """Return the hall store and the uplink, which share one database and its writer."""
    hall, table = start.hall, bridge_table(start.hall)
    bounds = Bounds(table.quarantine_messages, table.quarantine_megabytes * 1_000_000)
    store = HallStore(start.database("hall-store"), hall.hall.name, f"{start.chance.getrandbits(64):016x}", bounds)
    service = StoreService(
        store, writer, hall.address("hall-store"), start.password("hall-store"), addresses(hall, *REPORTERS),
        keep_days=table.keep_days, links=start.links, clock=start.clock, chance=start.chance, vouched=start.vouched,
    )  # fmt: skip
    uplink = Uplink(
        store, writer, hall.address("uplink"), start.password("uplink"), addresses(hall, *CENTRE_ASKERS),
        links=start.links, clock=start.clock, chance=start.chance,
    )  # fmt: skip
    service.on_commit = uplink.sender.notify
    return ("hall store", service.run), ("uplink", uplink.run)


def field_side(
    start: Start, entry: DeviceEntry, *, sockets: Sockets | None = None, turns: Turns | None = None
) -> FieldApp:
    """Return one field bridge: its call pads and its sensors."""
    hall, table = start.hall, bridge_table(start.hall)
    members = hall.members(entry.name)
    pads = {one.address: one for one in members if one.kind == "call-pad" and one.address is not None}
    sensors = tuple(one for one in members if one.kind == "sensor" and one.address is not None)
    database = start.database(entry.name)
    app = FieldApp(start.clock)
    device = Device(
        hall.address(entry.name), start.password(entry.name), links=start.links, clock=start.clock,
        chance=start.chance, hear=dict.fromkeys(boards(hall), app.on_board),
        members=tuple(hall.address(one.name) for one in members),
        outbox=Outbox(database, f"{start.chance.getrandbits(64):016x}"), writer=InlineWriter(),
    )  # fmt: skip
    device.on_link = app.on_link
    presses = Presses(start.database(f"{entry.name}-presses"))
    line = _pad_line(start, app, entry, pads, sockets, turns)
    app.put_together(
        FieldParts(
            device=device,
            presses=presses,
            desks={number: _desk(start, device, presses, line, table, one) for number, one in pads.items()},
            zones={number: _zone(hall, one) for number, one in pads.items()},
            pad_line=line,
            sensor_line=_sensor_line(start, app, sensors, sockets, turns),
            sensors={one.name: (_sensor_kind(one), hall.address(one.name)) for one in sensors},
        )
    )
    return app


def _pad_line(
    start: Start, app: FieldApp, entry: DeviceEntry, pads: Mapping[int, DeviceEntry], sockets: Sockets | None,
    turns: Turns | None,
) -> CallPadLine | None:  # fmt: skip
    if not pads or entry.url is None:
        return None
    url = entry.url
    windows = {number: one.window or number for number, one in pads.items()}
    return CallPadLine(
        lambda: open_stream(url, sockets), windows, start.clock,
        on_key=app.on_key, on_health=app.on_pad_health, turns=turns or EveryTurn(),
        timing=LineTiming(patience=bridge_table(start.hall).patience),
    )  # fmt: skip


def _sensor_line(
    start: Start, app: FieldApp, sensors: tuple[DeviceEntry, ...], sockets: Sockets | None, turns: Turns | None
) -> ModbusLine | None:
    url = next((one.url for one in sensors if one.url), None)
    if url is None:
        return None
    inputs = [
        Sensor(one.name, 1, InputTable.DISCRETE_INPUTS, one.address - 1) for one in sensors if one.address is not None
    ]
    return ModbusLine(
        lambda: open_stream(url, sockets), inputs, (), start.clock,
        on_change=app.on_sensor, on_health=app.on_unit_health, turns=turns or EveryTurn(),
    )  # fmt: skip


def _desk(
    start: Start, device: Device, presses: Presses, line: CallPadLine | None, table: BridgeTable, one: DeviceEntry
) -> PadDesk:
    assert line is not None
    assert one.address is not None
    number, window = one.address, one.window or one.address
    own = next((entry.services for entry in start.hall.windows if entry.number == window), ())
    at = PadWindow(window, own, transfer_to=table.transfer_to.get(str(window)))
    staff = table.staff.get(str(window), f"{100 + window:04d}")
    return PadDesk(
        start.hall.address(one.name), at, staff, device, start.clock,
        show=lambda display: line.show(number, display), forget=presses.forget,
    )  # fmt: skip


def _zone(hall: Hall, one: DeviceEntry) -> str:
    return next((window.zone for window in hall.windows if window.number == one.window), one.zone or "")


def _sensor_kind(one: DeviceEntry) -> SensorKind:
    return next((kind for kind in SensorKind if one.name.startswith(kind.value)), SensorKind.PRESENCE)
