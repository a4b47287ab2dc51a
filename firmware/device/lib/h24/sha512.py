"""SHA-512 (FIPS 180-4), which MicroPython's hashlib lacks: for signatures over a manifest, not for files. Pure."""

import struct

_M = 0xFFFFFFFFFFFFFFFF


def _root(number, power):
    """Return the first 64 bits of the fraction of a prime's square (2) or cube (3) root."""
    wanted, low, high = number << (64 * power), 0, 1 << 70
    while high - low > 1:
        middle = (low + high) >> 1
        if middle**power <= wanted:
            low = middle
        else:
            high = middle
    return low & _M


def _primes(count):
    found = []
    number = 2
    while len(found) < count:
        if all([number % one for one in found]):
            found.append(number)
        number += 1
    return found


def sha512(data):
    """Return the 64-byte digest of `data`."""
    primes = _primes(80)
    constants = [_root(one, 3) for one in primes]
    state = [_root(one, 2) for one in primes[:8]]
    padding = b"\x80" + bytes((-len(data) - 17) % 128) + (len(data) * 8).to_bytes(16, "big")
    data = bytes(data) + padding
    for start in range(0, len(data), 128):
        state = _block(state, struct.unpack(">16Q", data[start : start + 128]), constants)
    return b"".join([word.to_bytes(8, "big") for word in state])


def _turn(word, by):
    return ((word >> by) | (word << (64 - by))) & _M


def _schedule(words):
    words = list(words)
    for place in range(16, 80):
        early, late = words[place - 15], words[place - 2]
        one = _turn(early, 1) ^ _turn(early, 8) ^ (early >> 7)
        two = _turn(late, 19) ^ _turn(late, 61) ^ (late >> 6)
        words.append((words[place - 16] + one + words[place - 7] + two) & _M)
    return words


def _block(state, words, constants):
    words = _schedule(words)
    a, b, c, d, e, f, g, h = state
    for place in range(80):
        mixed = _turn(e, 14) ^ _turn(e, 18) ^ _turn(e, 41)
        one = h + mixed + ((e & f) ^ (~e & _M & g)) + constants[place] + words[place]
        two = (_turn(a, 28) ^ _turn(a, 34) ^ _turn(a, 39)) + ((a & b) ^ (a & c) ^ (b & c))
        a, b, c, d, e, f, g, h = (one + two) & _M, a, b, c, (d + one) & _M, e, f, g
    return [(old + new) & _M for old, new in zip(state, (a, b, c, d, e, f, g, h))]
