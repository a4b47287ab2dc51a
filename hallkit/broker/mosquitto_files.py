"""A mosquitto 2.0 configuration from the hall's own grants, as texts. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from msgspec import Struct

from hallkit.broker.acl import Grant
from hallkit.broker.core.limits import Limits
from hallkit.broker.passwords import password_file

CONFIG, ACL, PASSWORDS, LOG = "mosquitto.conf", "acl", "passwords", "mosquitto.log"
_KEPT_SESSION: Final = "1d"


class TlsFiles(Struct, frozen=True):
    """Paths of a listener's certificate; with `ca`, clients must show a certificate it signed."""

    certificate: str
    key: str
    ca: str | None = None


class Listener(Struct, frozen=True):
    """One port clients may come to."""

    host: str
    port: int
    tls: TlsFiles | None = None


def mosquitto_files(
    directory: str,
    listeners: Sequence[Listener],
    grants: Iterable[Grant],
    hashes: Mapping[str, str],
    *,
    limits: Limits,
    user: str | None = None,
) -> dict[str, str]:
    """Return file name to text for `directory`; `user` is whom a mosquitto started by root becomes."""
    return {
        CONFIG: "\n".join([*_general(directory, limits, user), *_listeners(directory, listeners)]) + "\n",
        ACL: acl_file(grants),
        PASSWORDS: password_file(hashes),
    }


def acl_file(grants: Iterable[Grant]) -> str:
    """Return mosquitto's `acl_file`: every user's topics by name; what is not listed is denied."""
    lines = []
    for grant in grants:
        lines.append(f"user {grant.user}")
        lines += [f"topic write {topic}" for topic in grant.publish]
        lines += [f"topic read {wanted}" for wanted in grant.subscribe]
        lines.append("")
    return "\n".join(lines)


def _general(directory: str, limits: Limits, user: str | None) -> list[str]:
    return [
        *([f"user {user}"] if user else []),
        "per_listener_settings true",
        "persistence false",
        f"persistent_client_expiration {_KEPT_SESSION}",
        "set_tcp_nodelay true",
        "sys_interval 0",
        f"max_packet_size {limits.max_packet}",
        f"max_inflight_messages {limits.max_inflight}",
        f"max_queued_messages {limits.max_queued}",
        f"max_queued_bytes {limits.max_queued_bytes}",
        f"log_dest file {directory}/{LOG}",
        "log_type error",
        "log_type warning",
        "log_type notice",
        "log_type information",
    ]


def _listeners(directory: str, listeners: Iterable[Listener]) -> list[str]:
    lines = []
    for listener in listeners:
        lines += [
            f"listener {listener.port} {listener.host}",
            "allow_anonymous false",
            "use_username_as_clientid true",
            f"password_file {directory}/{PASSWORDS}",
            f"acl_file {directory}/{ACL}",
            *(_tls(listener.tls) if listener.tls else []),
        ]
    return lines


def _tls(tls: TlsFiles) -> list[str]:
    own = [f"certfile {tls.certificate}", f"keyfile {tls.key}", "tls_version tlsv1.2"]
    return own if tls.ca is None else [*own, f"cafile {tls.ca}", "require_certificate true"]
