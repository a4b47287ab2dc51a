"""Every message type of the product, by name."""

from contract import (
    board,
    case_facts,
    case_requests,
    cases,
    catalogue,
    field,
    guide_desk,
    link,
    queue_facts,
    queue_requests,
    rating,
    release,
    screen,
    uplink,
)
from contract.body import Body

_MODULES = (
    board,
    case_facts,
    case_requests,
    cases,
    catalogue,
    field,
    guide_desk,
    link,
    queue_facts,
    queue_requests,
    rating,
    release,
    screen,
    uplink,
)
BODIES: dict[str, type[Body]] = {
    kind.__name__: kind
    for module in _MODULES
    for kind in vars(module).values()
    if isinstance(kind, type) and issubclass(kind, Body) and kind.__module__ == module.__name__
}
