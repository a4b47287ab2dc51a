"""Ports a hall listens on are not taken by anybody's outgoing connection meanwhile."""

import socket
from pathlib import Path

from hallkit.transports.ports import COUNT, FIRST, free_port


def test_a_port_is_given_once():
    assert len({free_port() for _ in range(50)}) == 50


def test_a_port_somebody_listens_on_is_not_given():
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", free_port()))
        listening.listen()
        taken = listening.getsockname()[1]
        assert free_port(taken) != taken


def test_a_wanted_port_is_given_when_it_is_free():
    wanted = free_port()
    assert free_port(wanted) == wanted


def test_no_outgoing_connection_is_given_such_a_port():
    lowest = int(Path("/proc/sys/net/ipv4/ip_local_port_range").read_text("ascii").split()[0])
    assert lowest >= FIRST + COUNT
