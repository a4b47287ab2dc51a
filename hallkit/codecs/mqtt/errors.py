"""What can be wrong with MQTT bytes, each fault with the rule of OASIS MQTT 3.1.1 it breaks."""

from typing import TYPE_CHECKING

from hallkit.errors import HallkitError

if TYPE_CHECKING:
    from hallkit.codecs.mqtt.packets import Packet


class ProtocolError(HallkitError):
    """The far end broke MQTT 3.1.1; close the connection. `rule` is the conformance statement or section."""

    def __init__(self, rule: str, fault: str) -> None:
        super().__init__(f"{fault} [{rule}]")
        self.rule = rule
        self.fault = fault
        self.packets: tuple[Packet, ...] = ()
        """Packets that were whole and right before the fault, in the same `feed`."""


class PacketTooLargeError(ProtocolError):
    """A packet announces more bytes than this end takes."""


class UnacceptableLevelError(ProtocolError):
    """A CONNECT speaks another version of MQTT; answer CONNACK 0x01, then close."""
