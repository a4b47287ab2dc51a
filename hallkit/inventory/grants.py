"""Who may publish and hear what in a hall: literal topics for every user, made from the inventory."""

from collections.abc import Iterator

from contract import topics
from contract.topics import Address, Channel
from hallkit.broker.acl import Grant
from hallkit.inventory.schema import Hall

ASKERS = ("ticket-machine", "kiosk", "call-pad", "clerk-desk", "manager-desk")
"""Kinds that ask the queue."""

REPORTERS = (
    "queue-engine", "rating-pad", "ticket-machine", "bridge", "display-controller", "voice", "kiosk", "window-display",
    "sensor",
)  # fmt: skip
"""Kinds that report facts to the hall store."""

UPDATED = ("rating-pad", "window-display", "sensor")
"""Kinds of boards that are told of new releases over the broker."""

CENTRE_ASKERS = ("kiosk",)
"""Kinds that ask the centre."""

_WRITES = (Channel.FACTS, Channel.STATE, Channel.REQUEST, Channel.RESULT)
_READS = (Channel.REPLY, Channel.COMMAND, Channel.ACK)
_SEEN_AT_MACHINES = (Channel.STATE, Channel.RESULT)


def addresses(hall: Hall, *kinds: str) -> tuple[Address, ...]:
    """Return the addresses of every device of some kinds; the queue engine counts as a device."""
    engine = (hall.address("queue-engine"),) if "queue-engine" in kinds else ()
    return engine + tuple(hall.address(device.name) for device in hall.devices if device.kind in kinds)


def boards(hall: Hall) -> tuple[str, ...]:
    """Return the board topics of every zone."""
    return tuple(topics.board(hall.hall.name, zone.id) for zone in hall.zones)


def grants(hall: Hall) -> tuple[Grant, ...]:
    """Return the rights of every user of a hall; whatever is not named is forbidden."""
    return (*_devices(hall), _engine(hall), _store(hall), _uplink(hall), _intake(hall))


def _devices(hall: Hall) -> Iterator[Grant]:
    for device in hall.devices:
        if device.gateway is None:
            own = (hall.address(device.name), *(hall.address(one.name) for one in hall.members(device.name)))
            engine = _topics((hall.address("queue-engine"),), Channel.STATE)
            publish = _topics(own, *_WRITES) + _at_machines(hall, device.kind, Channel.COMMAND)
            publish += _at_boards(hall, device.kind, Channel.COMMAND)
            subscribe = _topics(own, *_READS) + boards(hall) + engine + _seen_by_technicians(hall, device.kind)
            subscribe += _at_boards(hall, device.kind, *_SEEN_AT_MACHINES)
            yield Grant(device.name, publish, subscribe + _at_machines(hall, device.kind, *_SEEN_AT_MACHINES))


def _at_machines(hall: Hall, kind: str, *channels: Channel) -> tuple[str, ...]:
    """Return what a demonstration's manager may press and see: the machines that simulated visitors stand at."""
    is_allowed = hall.hall.demo and kind == "manager-desk"
    return _topics(addresses(hall, "ticket-machine"), *channels) if is_allowed else ()


def _at_boards(hall: Hall, kind: str, *channels: Channel) -> tuple[str, ...]:
    """Return what the update service may tell and see: boards with a connection of their own."""
    boards_there = tuple(hall.address(one.name) for one in hall.devices if one.kind in UPDATED and one.gateway is None)
    return _topics(boards_there, *channels) if kind == "update-desk" else ()


def _seen_by_technicians(hall: Hall, kind: str) -> tuple[str, ...]:
    """Return the states a technician's desk may see: everybody's, and nothing else of theirs."""
    everybody = tuple(hall.address(device.name) for device in hall.devices)
    return _topics(everybody, Channel.STATE) if kind == "technician-desk" else ()


def _engine(hall: Hall) -> Grant:
    own = (hall.address("queue-engine"),)
    askers = (*addresses(hall, *ASKERS), hall.address("intake"))
    publish = _topics(own, *_WRITES) + boards(hall) + _topics(askers, Channel.REPLY)
    publish += _topics(addresses(hall, "rating-pad"), Channel.COMMAND)
    hears = _topics(askers, Channel.REQUEST) + _topics(addresses(hall, "rating-pad"), Channel.STATE)
    return Grant("queue-engine", publish, _topics(own, *_READS) + hears)


def _store(hall: Hall) -> Grant:
    own = (hall.address("hall-store"),)
    reporters = addresses(hall, *REPORTERS)
    publish = _topics(own, *_WRITES) + _topics(reporters, Channel.ACK)
    return Grant("hall-store", publish, _topics(own, *_READS) + _topics(reporters, Channel.FACTS))


def _uplink(hall: Hall) -> Grant:
    own = (hall.address("uplink"),)
    askers = addresses(hall, *CENTRE_ASKERS)
    publish = _topics(own, *_WRITES) + _topics(askers, Channel.REPLY)
    return Grant("uplink", publish, _topics(own, *_READS) + _topics(askers, Channel.REQUEST))


def _intake(hall: Hall) -> Grant:
    own = (hall.address("intake"),)
    uplink = (hall.address("uplink"),)
    everybody = tuple(hall.address(device.name) for device in hall.devices)
    services = tuple(hall.address(name) for name in ("queue-engine", "hall-store", "uplink"))
    publish = _topics(own, *_WRITES) + _topics(uplink, Channel.ACK, Channel.REPLY)
    publish += _topics(everybody, Channel.COMMAND)
    subscribe = _topics(own, *_READS) + _topics(uplink, Channel.FACTS, Channel.REQUEST) + boards(hall)
    subscribe += _topics(everybody + services, Channel.STATE) + _topics(everybody, Channel.RESULT)
    return Grant("intake", publish, subscribe)


def _topics(addresses: tuple[Address, ...], *channels: Channel) -> tuple[str, ...]:
    return tuple(one.topic(channel) for one in addresses for channel in channels)
