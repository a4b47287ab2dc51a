"""The centre put together from a hall's file."""

import dataclasses
import gc
from collections.abc import Awaitable, Callable
from ipaddress import ip_network
from urllib.parse import urlsplit

from hallkit.errors import ConfigError
from hallkit.inventory.grants import boards
from hallkit.inventory.schema import Hall
from hallkit.inventory.start import Start
from hallkit.runtime.config import parse
from hallkit.runtime.writer import ThreadWriter, Writer
from intake_server.app.centre import USER, App, Places
from intake_server.config import IntakeConfig
from intake_server.core.names import HallNames, Name


@dataclasses.dataclass(frozen=True)
class _Table:
    intake: IntakeConfig


SWEEPS = (50_000, 20, 50)
"""How many new objects, and of how many sweeps the survivors, are looked through for cycles: rows make none."""

_SERVICES = ("queue-engine", "hall-store", "uplink")


def intake(start: Start) -> Callable[[], Awaitable[None]]:
    """Return the intake server of a hall, ready to run; raise ConfigError for faults in its table."""
    run = centre(start, ThreadWriter("intake")).run
    gc.freeze()
    gc.set_threshold(*SWEEPS)
    return run


def centre(start: Start, writer: Writer) -> App:
    """Return the centre of a hall, its commits on `writer`."""
    hall, config = start.hall, intake_config(start.hall)
    return App(
        config,
        hall.hall.name,
        names_of(hall),
        places=places_of(hall),
        links=start.links,
        password=start.password(USER),
        clock=start.clock,
        chance=start.chance,
        writer=writer,
    )


def intake_config(hall: Hall) -> IntakeConfig:
    """Return the hall's [intake]; its database lies in the run folder unless told, its public host name is allowed."""
    config = parse({"intake": dict(hall.intake)}, _Table).intake
    for proxy in config.trusted_proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise ConfigError(f"intake.trusted_proxies: {error}; name addresses or networks") from error
    public = urlsplit(hall.hall.public_url).hostname
    hosts = config.allowed_hosts + ((public,) if public and public not in config.allowed_hosts else ())
    database = config.database or f"sqlite:///{hall.hall.run / 'intake.db'}"
    return dataclasses.replace(config, allowed_hosts=hosts, database=database)


def names_of(hall: Hall) -> HallNames:
    """Return what the hall's file calls things."""
    title = Name(hall.hall.title, hall.hall.title_en or hall.hall.title)
    zones = {zone.id: Name(zone.name, zone.name_en) for zone in hall.zones}
    services = {service.id: Name(service.name, service.name_en) for service in hall.services}
    return HallNames(title, zones, services, hall.hall.demo)


def places_of(hall: Hall) -> Places:
    """Return whom the centre hears in a hall: exactly the topics it is granted."""
    devices = tuple(hall.address(device.name) for device in hall.devices)
    services = tuple(hall.address(name) for name in _SERVICES)
    return Places.of(uplinks=(hall.address("uplink"),), devices=devices, services=services, boards=boards(hall))
