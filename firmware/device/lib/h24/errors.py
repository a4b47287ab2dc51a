"""What can go wrong on a device; the text is for the technician."""


class DeviceError(Exception):
    """Base of every error of the firmware."""


class MessageError(DeviceError):
    """A message is not what the contract says; `fault` names the rule."""

    def __init__(self, fault, detail=""):
        super().__init__("%s: %s" % (fault, detail))
        self.fault = fault


class ProtocolError(DeviceError):
    """The broker sent what MQTT 3.1.1 does not know; the connection is given up."""


class RefusedError(DeviceError):
    """The broker does not want this device; provision it again or look at its rights."""

    def __init__(self, code):
        super().__init__("the broker refuses this device, code %d" % code)
        self.code = code


class OutboxFullError(DeviceError):
    """The flash holds as many facts as it may; bring the hall store back before taking more."""


class StripError(DeviceError):
    """The picture file lacks a picture or is damaged; provision the device again."""


class ResetWantedError(DeviceError):
    """The board has to start again, and this is why; nothing is wrong."""


class ServiceOpenedError(DeviceError):
    """The technician proved who they are: the program makes room for them until the next start."""
