"""Free TCP ports to listen on: below those given to outgoing connections, so that none takes one meanwhile."""

import itertools
import os
import socket
from typing import Final

FIRST: Final = 10_000
COUNT: Final = 14_000
_STEP: Final = 211

_tried = itertools.count(os.getpid() * _STEP)


def free_port(wanted: int = 0, host: str = "127.0.0.1") -> int:
    """Return `wanted` if nobody listens on it, else a port that nobody does; raise OSError when there is none."""
    if wanted and _is_free(host, wanted):
        return wanted
    for number in itertools.islice(_tried, COUNT):
        if _is_free(host, FIRST + number % COUNT):
            return FIRST + number % COUNT
    raise OSError(f"no free TCP port on {host}")


def _is_free(host: str, port: int) -> bool:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True
