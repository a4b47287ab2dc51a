"""The broker's decisions without its sockets. Pure."""

from hallkit.broker.core.effects import Close, Effect, Refused, Send
from hallkit.broker.core.limits import Counters, Limits
from hallkit.broker.core.machine import BrokerCore

__all__ = ["BrokerCore", "Close", "Counters", "Effect", "Limits", "Refused", "Send"]
