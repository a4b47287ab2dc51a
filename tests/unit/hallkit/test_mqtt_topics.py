"""Topics and filters: the examples of OASIS MQTT 3.1.1 section 4.7, and what a granted filter covers."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hallkit.codecs.mqtt import ProtocolError, check_filter, check_topic, covers, matches


@pytest.mark.parametrize(
    "wanted, topic, expected",
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/ranking", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
        ("sport/#", "sport", True),
        ("#", "a/b/c", True),
        ("sport/tennis/+", "sport/tennis/player1", True),
        ("sport/tennis/+", "sport/tennis/player1/ranking", False),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("/+", "/finance", True),
        ("+", "/finance", False),
        ("#", "$SYS/monitor", False),
        ("+/monitor/Clients", "$SYS/monitor/Clients", False),
        ("$SYS/#", "$SYS/monitor", True),
        ("$SYS/monitor/+", "$SYS/monitor/Clients", True),
        ("ACCOUNTS", "Accounts", False),
        ("a/b", "a/b/c", False),
        ("a/b/c", "a/b", False),
    ],
)
def test_a_filter_matches_as_the_standard_says(wanted: str, topic: str, expected: bool) -> None:
    assert matches(wanted, topic) is expected


@pytest.mark.parametrize("wanted", ["sport/tennis#", "sport/tennis/#/ranking", "sport+", "", "a\0b", "x" * 65_536])
def test_a_wrong_filter_is_refused(wanted: str) -> None:
    with pytest.raises(ProtocolError):
        check_filter(wanted)


@pytest.mark.parametrize("topic", ["a/+", "#", "", "a\0b", "中" * 30_000])
def test_a_wrong_topic_is_refused(topic: str) -> None:
    with pytest.raises(ProtocolError):
        check_topic(topic)


@pytest.mark.parametrize(
    "granted, wanted, expected",
    [
        ("h/+/st", "h/pad1/st", True),
        ("h/+/st", "h/+/st", True),
        ("h/+/st", "h/+/+", False),
        ("h/+/st", "h/#", False),
        ("h/#", "h/+/st", True),
        ("h/#", "h", True),
        ("h/pad1/st", "h/+/st", False),
        ("#", "$SYS/#", False),
        ("+/a", "$SYS/a", False),
        ("#", "+/a", True),
        ("+", "#", False),
    ],
)
def test_a_grant_covers_only_what_it_matches_wholly(granted: str, wanted: str, expected: bool) -> None:
    assert covers(granted, wanted) is expected


LEVEL = st.sampled_from(["a", "b", "", "$x"])
TOPIC = st.lists(LEVEL, min_size=1, max_size=4).map("/".join).filter(bool)
FILTER = st.builds(
    lambda levels, tail: "/".join([*levels, *tail]),
    st.lists(LEVEL | st.just("+"), max_size=3),
    st.sampled_from([["#"], ["a"], ["+"]]),
)


@given(FILTER, FILTER, TOPIC)
def test_a_covered_filter_never_reaches_a_topic_outside_the_grant(granted: str, wanted: str, topic: str) -> None:
    if covers(granted, wanted) and matches(wanted, topic):
        assert matches(granted, topic)
