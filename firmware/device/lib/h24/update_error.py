"""What an update raises; loaded with the update alone, since every class costs heap."""

from h24.errors import DeviceError


class UpdateError(DeviceError):
    """An update was refused or failed; the running version stays."""
