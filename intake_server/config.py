"""The `[intake]` table of a hall's configuration."""

from dataclasses import dataclass

from hallkit.runtime.config import field


@dataclass(frozen=True, slots=True)
class IntakeConfig:
    """The centre: its database, its pages, and how long what is kept."""

    database: str = field("SQLAlchemy URL of the ledger; empty: intake.db in the run folder", default="")
    web: bool = field("serve the pages", default=True)
    host: str = field("address the pages listen on; there is no login, so keep it on loopback", default="127.0.0.1")
    port: int = field("port of the pages", low=0, high=65535, default=8024)
    allowed_hosts: tuple[str, ...] = field(
        "host names a browser may use for the pages", default=("127.0.0.1", "localhost", "[::1]")
    )
    posts_a_minute: int = field("requests that change something, for each client", low=1, high=6000, default=120)
    lookups_a_minute: int = field(
        "look-ups by number on the public pages, for each address", low=1, high=6000, default=10
    )
    wrong_codes: int = field("wrong codes in ten minutes after which an address waits", low=1, high=6000, default=20)
    trusted_proxies: tuple[str, ...] = field(
        "addresses or networks of proxies whose X-Forwarded-For is believed", default=()
    )
    replay_days: int = field("days of the ledger read back at start", low=1, high=90, default=2)
    rating_days: int = field("days of ratings read back at start", low=1, high=3650, default=400)
    retention_days: int = field("days until personal fields are erased", low=1, high=3650, default=30)
    quarantine_messages: int = field(
        "messages that did not validate the centre keeps; older ones are only counted",
        default=10_000, low=10, high=1_000_000,
    )  # fmt: skip
    quarantine_megabytes: int = field("megabytes of them it keeps", low=1, high=4_096, default=64)
    rectify_days: int = field("working days to answer a bad rating", low=1, high=60, default=5)
    default_rating_days: int = field(
        "days after which an unrated visit is recorded as default; 0: never", low=0, high=60, default=0
    )
    catalogue: str = field("folder of the catalogue and staff; empty: a demonstration's own", default="")
    region: str = field("six digits that case numbers begin with", default="000000")
    short_name: str = field("the place's short name in the numbers of papers", default="示")
    warn_days: int = field("working days before the due date on which to warn", low=0, high=20, default=1)
    yellow_days: int = field("working days late at which the lamp turns yellow", low=1, high=60, default=1)
    red_days: int = field("working days late at which the lamp turns red", low=1, high=60, default=2)
    supervision_days: int = field("working days to answer for a red lamp", low=1, high=60, default=3)
