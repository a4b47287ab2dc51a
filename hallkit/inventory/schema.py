"""The hall's TOML file: its name, broker, zones, services, windows and devices."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from contract import topics
from contract.errors import LocalContractError
from contract.topics import Address
from hallkit.runtime.config import field

SERVICES = ("queue-engine", "hall-store", "uplink", "intake")
"""Kinds of which a hall has one each; their user name is their kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HallTable:
    """[hall]"""

    name: str = field("short name in topics: a-z, 0-9, '-'")
    title: str = field("name on screens and slips")
    title_en: str = field("the same in English", default="")
    place: str = field("where in the building this is", default="")
    helpline: str = field("telephone number shown on every screen", default="")
    public_url: str = field(
        "address citizens' telephones reach; QR codes start with it", default="http://127.0.0.1:8024"
    )
    demo: bool = field(
        "a demonstration: synthetic people only, screens can be pressed from the live page", default=False
    )
    run: Path = field("folder of stores, secrets and sockets", default_factory=lambda: Path("run"))


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokerTable:
    """[broker]"""

    mode: str = field("auto, mosquitto, embedded, or the URL of a running broker", default="auto")
    host: str = field("where the broker listens", default="127.0.0.1")
    port: int = field("TCP port", default=1883, low=1, high=65535)
    tls_ca: Path | None = field(
        "the hall's certificate authority (PEM); with it every connection to the broker is TLS", default=None
    )
    tls_certificate: Path | None = field("certificate of the broker this hall starts (PEM)", default=None)
    tls_key: Path | None = field("its private key (PEM)", default=None)
    tls_clients: Path | None = field(
        "folder with NAME.pem and NAME.key of every user; the broker then lets in nobody without a certificate",
        default=None,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ZoneEntry:
    """[[zones]]"""

    id: str = field("one capital letter")
    name: str = field("name on screens")
    name_en: str = field("the same in English")


@dataclass(frozen=True, slots=True, kw_only=True)
class ServiceEntry:
    """[[services]]"""

    id: str = field("short name of the queue")
    zone: str = field("zone whose board shows it")
    prefix: str = field("letter of its tickets; letters that sound or look alike are refused")
    name: str = field("name on screens")
    name_en: str = field("the same in English")
    note: str = field("what it is for, in a few words", default="")
    note_en: str = field("the same in English", default="")
    mean_minutes: float = field("service time where learning starts", default=10.0, low=0.1, high=480)
    cv: float = field("its coefficient of variation", default=0.7, low=0.05, high=5)
    opens: str = field("HH:MM; with closes equal it never closes", default="08:30")
    closes: str = field("HH:MM", default="17:00")
    self_service: bool = field("served by machines, open in unattended hours", default=False)
    first_at_opening: bool = field(
        "while closed, give tickets that are called first at the next opening; false refuses them", default=True
    )
    overflow_above: int | None = field("more people waiting bring in windows that help out", default=None)
    slot_capacity: int = field("appointments a quarter of an hour", default=0, low=0, high=100)


@dataclass(frozen=True, slots=True, kw_only=True)
class WindowEntry:
    """[[windows]]"""

    number: int = field("number over the window", low=1, high=99)
    zone: str = field("zone it stands in")
    services: tuple[str, ...] = field("queues it serves")
    overflow: tuple[str, ...] = field("queues it helps out", default=())


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceEntry:
    """[[devices]]: one machine; a device with a `gateway` speaks through that device's connection."""

    kind: str = field("ticket-machine, rating-pad, call-pad, window-display, hall-display, voice, bridge, …")
    name: str = field("unique in the hall: a-z, 0-9, '-'")
    zone: str | None = field("zone it belongs to", default=None)
    window: int | None = field("window it stands at", default=None)
    gateway: str | None = field("device that speaks for it", default=None)
    url: str | None = field("how its hardware is reached: serial, tcp, udp, pty", default=None)
    protocol: str | None = field("panel protocol: ddp, bx-k, bx-5e, bx-5q, bx-6e, bx-6q", default=None)
    width: int | None = field("panel width in pixels", default=None, low=8, high=4096)
    height: int | None = field("panel height in pixels", default=None, low=8, high=4096)
    address: int | None = field("address on its field line", default=None, low=1, high=250)
    printer: str | None = field("URL of the receipt printer inside", default=None)
    reader: str | None = field("URL of the ID reader inside", default=None)
    scanner: str | None = field("URL of the code scanner inside", default=None)
    camera: str | None = field("document camera inside: v4l2:/dev/video0, flatbed:NAME or folder:PATH", default=None)
    sheets: str | None = field("A4 printer: ipp://host:port/path", default=None)
    power: str | None = field("NUT server that watches its power supply: tcp://host:port", default=None)
    services: tuple[str, ...] = field("queues a ticket machine or kiosk offers; empty means all", default=())


@dataclass(frozen=True, kw_only=True)
class Hall:
    """Everything in the hall's file that more than one program reads; raises ValueError naming every fault."""

    hall: HallTable
    broker: BrokerTable = BrokerTable()
    zones: tuple[ZoneEntry, ...]
    services: tuple[ServiceEntry, ...]
    windows: tuple[WindowEntry, ...]
    devices: tuple[DeviceEntry, ...]
    queue: Mapping[str, Any] = field("rules of the queue", default_factory=dict)
    ticket_machine: Mapping[str, Any] = field("settings of the ticket machines", default_factory=dict)
    kiosk: Mapping[str, Any] = field("settings of the kiosks", default_factory=dict)
    display: Mapping[str, Any] = field("settings of the display controller", default_factory=dict)
    bridge: Mapping[str, Any] = field("settings of the bridge", default_factory=dict)
    voice: Mapping[str, Any] = field("settings of the voices", default_factory=dict)
    intake: Mapping[str, Any] = field("settings of the intake server", default_factory=dict)

    def __post_init__(self) -> None:
        faults = [*self._name_faults(), *self._reference_faults()]
        if faults:
            raise ValueError("; ".join(faults))

    @cached_property
    def device(self) -> Mapping[str, DeviceEntry]:
        """The devices by name."""
        return {device.name: device for device in self.devices}

    def of_kind(self, kind: str) -> tuple[DeviceEntry, ...]:
        """Return the devices of one kind, in the file's order."""
        return tuple(device for device in self.devices if device.kind == kind)

    def members(self, gateway: str) -> tuple[DeviceEntry, ...]:
        """Return the devices a gateway speaks for, in the file's order."""
        return tuple(device for device in self.devices if device.gateway == gateway)

    def address(self, name: str) -> Address:
        """Return the address of a device or of one of the hall's services."""
        kind = self.device[name].kind if name in self.device else name
        return topics.address(self.hall.name, kind, name)

    def _name_faults(self) -> Iterator[str]:
        if len(self.device) != len(self.devices):
            yield "devices: a name is used twice"
        for device in self.devices:
            try:
                topics.address(self.hall.name, device.kind, device.name)
            except LocalContractError as error:
                yield f"devices.{device.name}: {error}"
            if device.name in SERVICES:
                yield f"devices.{device.name}: the name belongs to a service of the hall"

    def _reference_faults(self) -> Iterator[str]:
        zones = [zone.id for zone in self.zones]
        windows = [window.number for window in self.windows]
        named = [service.zone for service in self.services] + [window.zone for window in self.windows]
        named += [device.zone for device in self.devices if device.zone is not None]
        yield from (f"no zone {zone!r}" for zone in named if zone not in zones)
        for device in self.devices:
            if device.window is not None and device.window not in windows:
                yield f"devices.{device.name}.window: no window {device.window}"
            if device.gateway is not None and device.gateway not in self.device:
                yield f"devices.{device.name}.gateway: no device {device.gateway!r}"
