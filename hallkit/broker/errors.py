"""What can go wrong with a broker, and what the operator should do."""

from hallkit.errors import HallkitError


class BrokerError(HallkitError):
    """A broker cannot serve the hall."""


class GrantError(BrokerError):
    """A grant names a user or topic no broker can hold; correct the inventory."""


class PasswordFormatError(BrokerError):
    """A password hash is not of the form `$7$iterations$salt$hash`; provision the device again."""


class BrokerStartError(BrokerError):
    """A broker process did not come up; the message ends with its last log lines."""


class BrokerMissingError(BrokerError):
    """The mosquitto program is not installed; install it or choose the embedded broker."""
