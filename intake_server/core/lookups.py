"""How often one address may look something up: a sliding window for each, and who the address is behind a proxy."""

from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address, ip_network

ADDRESSES = 10_000
"""Addresses remembered; the one seen longest ago is forgotten first."""


@dataclass(frozen=True, slots=True)
class Allowance:
    """So many times within so many seconds."""

    times: int
    seconds: float


class Lookups:
    """Counts what each one did within the last seconds."""

    def __init__(self, allowance: Allowance) -> None:
        self._allowance = allowance
        self._done: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, who: str, now: float) -> float:
        """Return the seconds until `who` may again, 0 if at once."""
        done = self._done.get(who)
        if done is None:
            return 0.0
        while done and now - done[0] >= self._allowance.seconds:
            done.popleft()
        if len(done) < self._allowance.times:
            return 0.0
        return done[0] + self._allowance.seconds - now

    def count(self, who: str, now: float) -> None:
        """Note that `who` did it."""
        done = self._done.setdefault(who, deque(maxlen=self._allowance.times))
        done.append(now)
        self._done.move_to_end(who)
        while len(self._done) > ADDRESSES:
            self._done.popitem(last=False)


def network_of(address: str) -> str:
    """Return what is counted for an address: itself, or of IPv6 the network of 64 bits one subscriber has."""
    found = _parsed(address)
    if isinstance(found, IPv6Address):
        return str(found.ipv4_mapped or IPv6Network((int(found) >> 64 << 64, 64)))
    return address


def client_of(peer: str, forwarded: str, trusted: Iterable[str]) -> str:
    """Return who asks: the connection's peer, or, of a trusted proxy, the last address it did not vouch for itself."""
    networks = [ip_network(one) for one in trusted]

    def is_trusted(address: str) -> bool:
        found = _parsed(address)
        return found is not None and any(found in one for one in networks)

    client = peer
    for hop in reversed([one.strip() for one in forwarded.split(",") if one.strip()]):
        if not is_trusted(client) or _parsed(hop) is None:
            break
        client = hop
    return client


def _parsed(address: str) -> IPv4Address | IPv6Address | None:
    try:
        return ip_address(address)
    except ValueError:
        return None
