"""Digests and signatures against the standards' own examples."""

from binascii import hexlify, unhexlify

from h24.ed25519 import verify
from h24.sha512 import sha512

ABC = (
    b"ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
    b"2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"
)
EMPTY = (
    b"cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce"
    b"47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"
)
RFC_8032 = (
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
)


def test_sha512_of_the_standards_examples():
    assert hexlify(sha512(b"abc")) == ABC
    assert hexlify(sha512(b"")) == EMPTY


def test_sha512_at_the_edges_of_a_block():
    seen = set([sha512(b"x" * size) for size in range(108, 132)])
    assert len(seen) == 24


def test_signatures_of_rfc_8032_are_right_and_damaged_ones_wrong():
    for key, message, signature in RFC_8032:
        key, message, signature = unhexlify(key), unhexlify(message), unhexlify(signature)
        assert verify(key, signature, message)
        assert not verify(key, signature, message + b"!")
    assert not verify(key, bytes([signature[0] ^ 1]) + signature[1:], message)
    assert not verify(bytes([key[0] ^ 1]) + key[1:], signature, message)


def test_what_is_no_key_and_no_signature_is_refused():
    key, message, signature = [unhexlify(one) for one in RFC_8032[0]]
    assert not verify(key[:31], signature, message)
    assert not verify(key, signature[:63], message)
    assert not verify(b"\xff" * 32, signature, message)
    assert not verify(key, signature[:32] + b"\xff" * 32, message)


def test_a_signature_made_larger_by_the_groups_order_is_refused():
    key, message, signature = [unhexlify(one) for one in RFC_8032[0]]
    order = 2**252 + 27742317777372353535851937790883648493
    larger = int.from_bytes(signature[32:], "little") + order
    assert not verify(key, signature[:32] + larger.to_bytes(32, "little"), message)
