"""A field that announces its own length (OASIS MQTT 3.1.1 sections 1.5.2, 1.5.3)."""

from typing import Final

MAX_FIELD: Final = 0xFFFF


def field(data: bytes) -> bytes:
    """Return `data` behind its 16-bit length; raise ValueError beyond 65535 bytes."""
    if len(data) > MAX_FIELD:
        raise ValueError(f"a field of {len(data)} bytes is longer than MQTT allows")
    return len(data).to_bytes(2, "big") + data
