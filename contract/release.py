"""Messages about new programs on the hall's boards."""

from contract.body import Command, Fact
from contract.moment import Moment


class InstallRelease(Command, frozen=True, kw_only=True):
    """Fetch a signed release from below `url` (http) and try it; done means taken on, not installed."""

    url: str


class ReleaseTried(Fact, frozen=True, kw_only=True):
    """A board started a release on trial; once this fact is acknowledged the release may be kept."""

    version: str
    at: Moment
