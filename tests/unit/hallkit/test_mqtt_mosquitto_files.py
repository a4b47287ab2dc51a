"""The files mosquitto is started with."""

from hallkit.broker.acl import Grant
from hallkit.broker.core import Limits
from hallkit.broker.mosquitto_files import Listener, TlsFiles, acl_file, mosquitto_files

GRANTS = (
    Grant("pad1", ("h24/v1/h1/rating_pad/pad1/ev",), ("h24/v1/h1/rating_pad/pad1/ack", "h24/v1/h1/board/+")),
    Grant("store", (), ("h24/v1/h1/+/+/ev",)),
)
LISTENERS = (
    Listener("127.0.0.1", 1883),
    Listener("0.0.0.0", 8883, TlsFiles("/c/own.pem", "/c/own.key", "/c/ca.pem")),
)
HASHES = {"pad1": "$7$1$AA==$AA=="}


def test_every_right_is_a_line_of_its_own_and_nothing_is_a_pattern() -> None:
    assert acl_file(GRANTS).splitlines() == [
        "user pad1",
        "topic write h24/v1/h1/rating_pad/pad1/ev",
        "topic read h24/v1/h1/rating_pad/pad1/ack",
        "topic read h24/v1/h1/board/+",
        "",
        "user store",
        "topic read h24/v1/h1/+/+/ev",
    ]


def test_every_listener_is_closed_to_strangers_and_binds_the_client_to_its_user() -> None:
    lines = mosquitto_files("/run/b", LISTENERS, GRANTS, HASHES, limits=Limits())["mosquitto.conf"].splitlines()
    starts = [index for index, line in enumerate(lines) if line.startswith("listener ")]
    assert len(starts) == 2
    for block in (lines[starts[0] : starts[1]], lines[starts[1] :]):
        assert "allow_anonymous false" in block
        assert "use_username_as_clientid true" in block
        assert "password_file /run/b/passwords" in block
        assert "acl_file /run/b/acl" in block
    assert "require_certificate true" in lines[starts[1] :]
    assert "require_certificate true" not in lines[: starts[1]]


def test_the_bounds_are_those_of_the_embedded_broker() -> None:
    limits = Limits(max_packet=1000, max_inflight=2, max_queued=3, max_queued_bytes=4)
    lines = mosquitto_files("/b", LISTENERS, GRANTS, HASHES, limits=limits)["mosquitto.conf"].splitlines()
    assert {"max_packet_size 1000", "max_inflight_messages 2", "max_queued_messages 3", "max_queued_bytes 4"} <= set(
        lines
    )
    assert {"set_tcp_nodelay true", "persistence false", "per_listener_settings true"} <= set(lines)


def test_only_a_mosquitto_started_by_root_is_told_whom_to_become() -> None:
    texts = [
        mosquitto_files("/b", LISTENERS, GRANTS, HASHES, limits=Limits(), user=user) for user in (None, "mosquitto")
    ]
    assert not texts[0]["mosquitto.conf"].startswith("user ")
    assert texts[1]["mosquitto.conf"].startswith("user mosquitto\n")
    assert texts[0]["passwords"] == "pad1:$7$1$AA==$AA==\n"
