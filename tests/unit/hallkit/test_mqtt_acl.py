"""Rights and passwords of the hall's broker."""

import pytest

from hallkit.broker.acl import Acl, Grant
from hallkit.broker.errors import GrantError, PasswordFormatError
from hallkit.broker.passwords import Passwords, hash_password, parse_password_file, password_file
from hallkit.codecs.mqtt import Connect

ACL = Acl(
    [
        Grant("pad1", ("h/pad/pad1/ev",), ("h/pad/pad1/ack", "h/board/+")),
        Grant("store", ("h/+/+/ack",), ("h/+/+/ev",)),
        Grant("pad1", ("h/pad/pad1/st",)),
    ]
)


def test_what_is_not_granted_is_denied() -> None:
    assert not ACL.may_publish("nobody", "h/pad/pad1/ev")
    assert not ACL.may_receive("nobody", "h/pad/pad1/ack")
    assert not ACL.may_subscribe("nobody", "h/pad/pad1/ack")
    assert not ACL.may_publish("pad1", "h/pad/pad1/ack")
    assert not ACL.may_receive("pad1", "h/pad/pad1/ev")


def test_two_grants_of_one_user_add_up() -> None:
    assert ACL.may_publish("pad1", "h/pad/pad1/ev")
    assert ACL.may_publish("pad1", "h/pad/pad1/st")


def test_a_service_reaches_every_device_of_its_hall_and_no_other_hall() -> None:
    assert ACL.may_publish("store", "h/pad/pad2/ack")
    assert not ACL.may_publish("store", "other/pad/pad2/ack")
    assert ACL.may_subscribe("store", "h/pad/+/ev")
    assert not ACL.may_subscribe("store", "h/#")


@pytest.mark.parametrize("user", ["", "a b", "a:b", "a\nuser root", "a+", "#", "x" * 129])
def test_a_user_name_that_a_broker_file_cannot_hold_is_refused(user: str) -> None:
    with pytest.raises(GrantError):
        Grant(user)


@pytest.mark.parametrize("topic", ["", "a#", "a\ntopic #", " a", "a\0"])
def test_a_topic_that_a_broker_file_cannot_hold_is_refused(topic: str) -> None:
    with pytest.raises(GrantError):
        Grant("pad1", (topic,))
    with pytest.raises(GrantError):
        Grant("pad1", (), (topic,))


SALT = bytes(range(12))


def test_the_right_password_identifies_its_user_again_and_again() -> None:
    passwords = Passwords({"pad1": hash_password(b"right", SALT, 10)})
    for _ in range(2):
        assert passwords.identify(Connect(user_name="pad1", password=b"right")) == "pad1"
        assert passwords.identify(Connect(user_name="pad1", password=b"wrong")) is None
    assert passwords.identify(Connect(user_name="pad2", password=b"right")) is None
    assert passwords.identify(Connect(user_name="pad2", password=b"")) is None
    assert passwords.identify(Connect(user_name="pad1")) is None
    assert passwords.identify(Connect()) is None


def test_a_hash_made_by_mosquitto_passwd_is_understood() -> None:
    made = (
        "$7$101$dW+2oeW6c9qzsmmM$gvNtBviuSWKwtTf02taElgLcBZqSiLYHJeoez/WkXVf+"
        "kOUZUk2FeMYZSMU9Aq6/z2LpOVHMy6mzoFJOAQkkOA=="
    )
    assert Passwords({"u1": made}).verify("u1", b"pw")
    assert not Passwords({"u1": made}).verify("u1", b"pW")


def test_a_password_file_reads_back() -> None:
    hashes = {"pad1": hash_password(b"x", SALT, 10), "票机": hash_password(b"y", SALT, 10)}
    assert parse_password_file(password_file(hashes)) == hashes


def test_a_wrong_password_file_is_refused_with_its_line() -> None:
    with pytest.raises(PasswordFormatError, match="line 2"):
        parse_password_file("pad1:$7$1$AA==$AA==\nnonsense\n")


@pytest.mark.parametrize(
    "hashed", ["", "plain", "$6$1$AA==$AA==", "$7$1$AA==$AA==", "$7$9999999$AA==$AA==", "$7$1$A$A"]
)
def test_a_hash_of_another_form_is_refused(hashed: str) -> None:
    with pytest.raises(PasswordFormatError):
        Passwords({"pad1": hashed})
