"""Errors of the shared kit."""


class HallkitError(Exception):
    """Something the kit carries failed; the message says what the operator should do."""


class StreamError(HallkitError):
    """A byte stream could not be opened or used."""


class StreamClosedError(StreamError):
    """The far end of a byte stream is gone."""


class ConfigError(HallkitError):
    """The configuration is wrong; one fault a line, each with its path."""


class LinkError(HallkitError):
    """The message link refused us: wrong credentials or a forbidden topic."""
