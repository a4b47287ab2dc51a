"""Errors of the bridge."""


class BridgeError(Exception):
    """Something between the field and the centre failed; the message says what the operator should do."""


class FieldConfigError(BridgeError):
    """The field bus is configured wrongly: an address, a window or a reading."""


class PadNotFoundError(BridgeError):
    """No call pad answered as asked."""


class AddressTakenError(BridgeError):
    """Another call pad has the address already."""


class PressNotStoredError(BridgeError):
    """A key press could not be stored; it stays in its pad: free the bridge's disk."""


class ReadingError(BridgeError):
    """A Modbus unit refused what it was asked: its address table or the configuration is wrong."""
