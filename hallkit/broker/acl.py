"""Who may say and hear what: deny by default, from literal rules per user. Pure."""

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final, Protocol

from msgspec import Struct

from hallkit.broker.errors import GrantError
from hallkit.codecs.mqtt import ProtocolError, check_filter, covers, matches

_USER: Final = re.compile(r"[^\s:+#\x00-\x1f\x7f-\x9f]{1,128}")
_UNPRINTABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f]|^\s|\s$")
_REMEMBERED: Final = 16_384


class Grant(Struct, frozen=True):
    """What one user may do: publish to these topics, subscribe within these; filters may stand for many."""

    user: str
    publish: tuple[str, ...] = ()
    subscribe: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raise GrantError for what an ACL file of a broker cannot hold."""
        if not _USER.fullmatch(self.user):
            raise GrantError(f"user name {self.user!r} holds a blank, ':', '+', '#' or a control character")
        for wanted in (*self.publish, *self.subscribe):
            _check_grantable(self.user, wanted)


class Access(Protocol):
    """What the broker asks before it lets a message through."""

    def may_publish(self, user: str, topic: str) -> bool:
        """Whether `user` may publish to `topic`, himself or by his will."""

    def may_subscribe(self, user: str, wanted: str) -> bool:
        """Whether `user` may hear all that filter `wanted` can match."""

    def may_receive(self, user: str, topic: str) -> bool:
        """Whether `user` may be handed a message on `topic`."""


class Acl:
    """The grants of a hall; two grants of one user add up."""

    def __init__(self, grants: Iterable[Grant]) -> None:
        self._publish: dict[str, tuple[str, ...]] = {}
        self._subscribe: dict[str, tuple[str, ...]] = {}
        for grant in grants:
            self._publish[grant.user] = self._publish.get(grant.user, ()) + grant.publish
            self._subscribe[grant.user] = self._subscribe.get(grant.user, ()) + grant.subscribe
        self._may_publish = lru_cache(_REMEMBERED)(lambda user, topic: _any_matches(self._publish, user, topic))
        self._may_receive = lru_cache(_REMEMBERED)(lambda user, topic: _any_matches(self._subscribe, user, topic))

    def may_publish(self, user: str, topic: str) -> bool:
        """Whether `user` may publish to `topic`, himself or by his will."""
        return self._may_publish(user, topic)

    def may_subscribe(self, user: str, wanted: str) -> bool:
        """Whether one granted filter covers every topic that `wanted` can match."""
        return any(covers(granted, wanted) for granted in self._subscribe.get(user, ()))

    def may_receive(self, user: str, topic: str) -> bool:
        """Whether `user` may be handed a message on `topic`."""
        return self._may_receive(user, topic)


def _any_matches(granted: dict[str, tuple[str, ...]], user: str, topic: str) -> bool:
    return any(matches(wanted, topic) for wanted in granted.get(user, ()))


def _check_grantable(user: str, wanted: str) -> None:
    try:
        check_filter(wanted)
    except ProtocolError as error:
        raise GrantError(f"{user}: {wanted!r} is no topic filter: {error}") from error
    if _UNPRINTABLE.search(wanted):
        raise GrantError(f"{user}: {wanted!r} holds a control character or begins or ends with a blank")
