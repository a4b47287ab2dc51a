"""The device's vectors are what the host's codec writes, and what it reads."""

import json

import device_vectors

from contract import codec
from contract.registry import BODIES


def test_the_vectors_are_those_of_the_hosts_codec() -> None:
    assert device_vectors.FILE.read_text() == device_vectors.text()


def test_the_host_reads_whatever_a_device_sends() -> None:
    for one in json.loads(device_vectors.FILE.read_text())["sends"]:
        envelope = codec.decode(one["bytes"].encode())
        assert isinstance(codec.decode_body(envelope.type, envelope.body), BODIES[one["head"]["type"]])
