"""How often an address may look something up, and whose address it is."""

import pytest

from intake_server.core.lookups import ADDRESSES, Allowance, Lookups, client_of, network_of


def test_one_too_many_waits_until_the_oldest_leaves_the_window():
    lookups = Lookups(Allowance(3, 60))
    for at in (0, 10, 20):
        assert lookups.wait("a", at) == 0
        lookups.count("a", at)
    assert lookups.wait("a", 30) == 30
    assert lookups.wait("b", 30) == 0
    assert lookups.wait("a", 59.5) == 0.5
    assert lookups.wait("a", 60) == 0
    lookups.count("a", 60)
    assert lookups.wait("a", 61) == 9


def test_no_more_addresses_are_remembered_than_memory_is_given_for():
    lookups = Lookups(Allowance(1, 1e9))
    for number in range(ADDRESSES + 1):
        lookups.count(str(number), 0)
    assert lookups.wait("0", 1) == 0
    assert lookups.wait(str(ADDRESSES), 1) > 0


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("testclient", "testclient"),
    ],
)
def test_a_subscriber_is_one_address_or_one_network(address, counted):
    assert network_of(address) == counted


@pytest.mark.parametrize(
    ("peer", "forwarded", "trusted", "client"),
    [
        ("192.0.2.7", "203.0.113.9", (), "192.0.2.7"),
        ("127.0.0.1", "203.0.113.9", ("127.0.0.1",), "203.0.113.9"),
        ("127.0.0.1", "10.9.9.9, 203.0.113.9", ("127.0.0.1",), "203.0.113.9"),
        ("10.0.0.2", "203.0.113.9, 10.0.0.3", ("10.0.0.0/24",), "203.0.113.9"),
        ("10.0.0.2", "rubbish", ("10.0.0.0/24",), "10.0.0.2"),
        ("10.0.0.2", "", ("10.0.0.0/24",), "10.0.0.2"),
        ("192.0.2.7", "127.0.0.1", ("10.0.0.0/24",), "192.0.2.7"),
    ],
)
def test_only_a_trusted_proxy_is_believed_and_only_about_the_last_stranger(peer, forwarded, trusted, client):
    assert client_of(peer, forwarded, trusted) == client
