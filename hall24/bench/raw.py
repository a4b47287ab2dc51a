"""A plain MQTT client on a blocking socket: nothing stands between the bench and the broker."""

import socket
from types import TracebackType
from typing import Self

from hall24.bench.errors import BenchError
from hallkit.codecs.mqtt import (
    Connack,
    Connect,
    ConnectCode,
    Decoder,
    Packet,
    Puback,
    Publish,
    Suback,
    Subscribe,
    encode,
)

READ = 65_536
PATIENCE = 30.0
REFUSED = 0x80


class RawClient:
    """One connection, TCP_NODELAY set; every QoS 1 message is acknowledged as it is read."""

    def __init__(
        self, place: tuple[str, int], user: str, password: str, filters: tuple[str, ...] = (), *, qos: int = 1
    ) -> None:
        self._socket = socket.create_connection(place, PATIENCE)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._decoder, self._id, self._kept = Decoder(), 0, list[Publish]()
        self._send(Connect(client_id=user, user_name=user, password=password.encode()))
        answer = self._first(Connack)
        if not isinstance(answer, Connack) or answer.code is not ConnectCode.ACCEPTED:
            raise BenchError(f"the broker refuses {user}: {answer}")
        if filters:
            self._send(Subscribe(1, tuple((wanted, qos) for wanted in filters)))
            granted = self._first(Suback)
            if not isinstance(granted, Suback) or REFUSED in granted.codes:
                raise BenchError(f"the broker forbids {user} to hear {filters}")
        self._socket.settimeout(None)

    def fileno(self) -> int:
        """Return the socket's descriptor."""
        return self._socket.fileno()

    def publish(self, topic: str, payload: bytes, *, qos: int = 0) -> None:
        """Send one message."""
        self._id = self._id % 65_535 + 1
        self._send(Publish(topic, payload, qos=qos, packet_id=self._id if qos else 0))

    def send(self, data: bytes) -> None:
        """Send packets that are encoded already."""
        self._socket.sendall(data)

    def read(self) -> list[Publish]:
        """Wait for bytes and return the messages they complete, possibly none."""
        heard, self._kept = self._kept, []
        return heard or [packet for packet in self._packets() if isinstance(packet, Publish)]

    def close(self) -> None:
        """Hang up."""
        self._socket.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        self.close()

    def _send(self, packet: Packet) -> None:
        self._socket.sendall(encode(packet))

    def _packets(self) -> list[Packet]:
        data = self._socket.recv(READ)
        if not data:
            raise BenchError("the broker hung up")
        packets = self._decoder.feed(data)
        acks = b"".join(encode(Puback(one.packet_id)) for one in packets if isinstance(one, Publish) and one.qos)
        if acks:
            self._socket.sendall(acks)
        return packets

    def _first(self, kind: type[Packet]) -> Packet:
        while True:
            packets = self._packets()
            self._kept += [one for one in packets if isinstance(one, Publish)]
            for packet in packets:
                if isinstance(packet, kind):
                    return packet
