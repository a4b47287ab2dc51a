"""The picture block of a card (1024 bytes). The real one is in a closed format; ours is plainly none of those."""

from hallkit.codecs.sam_v import PHOTO_SIZE

MAGIC = b"HALL24 DEMONSTRATION, NO PERSON\0"
SIZE = 102, 126
"""Width and height in pixels of a card's picture."""


def demonstration_block(variant: int) -> bytes:
    """Return the picture block of synthetic card `variant` (0 to 255)."""
    return (MAGIC + bytes((variant,))).ljust(PHOTO_SIZE, b"\x24")


def demonstration_variant(block: bytes) -> int | None:
    """Return the variant of a synthetic block; None for any other."""
    if len(block) != PHOTO_SIZE or not block.startswith(MAGIC):
        return None
    return block[len(MAGIC)]
