"""Signatures over leased number blocks: Ed25519 with a key that never leaves the engine's folder."""

import base64
import os
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.queue import NumberBlock, block_claim


class BlockSigner:
    """Signs blocks with the engine's key."""

    def __init__(self, key: Ed25519PrivateKey) -> None:
        self._key = key
        self.public = key.public_key()

    def sign(self, block: NumberBlock) -> str:
        """Return the block's signature in base64."""
        return base64.b64encode(self._key.sign(block_claim(block))).decode()

    def is_ours(self, block: NumberBlock, signature: str) -> bool:
        """Whether this engine signed exactly this block."""
        return verify(self.public, block, signature)


def verify(public: Ed25519PublicKey, block: NumberBlock, signature: str) -> bool:
    """Whether the owner of `public` signed exactly this block."""
    try:
        public.verify(base64.b64decode(signature, validate=True), block_claim(block))
    except (InvalidSignature, ValueError):
        return False
    return True


def load_signer(path: Path) -> BlockSigner:
    """Return the signer whose key is in `path`, making the key (readable by its owner only) the first time."""
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh = path.with_suffix(".new")
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
        fresh.replace(path)
    return BlockSigner(Ed25519PrivateKey.from_private_bytes(path.read_bytes()))
