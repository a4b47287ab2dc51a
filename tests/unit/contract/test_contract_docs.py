"""The written contract is the contract the programs speak."""

import json
from pathlib import Path

from contract.registry import BODIES
from hall24.contract_docs import FOLDER, documents

ROOT = Path(__file__).parents[3]


def test_the_written_contract_is_not_stale() -> None:
    for name, text in documents().items():
        assert (ROOT / FOLDER / name).read_text("utf-8") == text, f"{name} is stale: run `make contract`"


def test_every_message_is_on_a_channel() -> None:
    channels = json.loads(documents()["asyncapi.json"])["channels"]
    carried = {name for channel in channels.values() for name in channel["messages"]}
    parts = {name for name in BODIES if name not in carried}

    assert not [name for name in parts if name.endswith(("Reply", "Given", "Changed", "Done"))]
