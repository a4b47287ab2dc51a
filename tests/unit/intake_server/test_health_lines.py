"""What the live page says of a device beside its faults."""

from datetime import datetime

import pytest

from contract.link import DeviceState, Fault, Presence
from contract.topics import address
from hallkit.rules.calendar import published
from hallkit.runtime.clock import SHANGHAI
from intake_server.core.hall import Hall
from intake_server.core.names import HallNames, Name
from intake_server.core.texts import Language
from intake_server.web.overview import devices
from intake_server.web.words import Words

NOW = datetime(2026, 9, 14, 10, 0, tzinfo=SHANGHAI)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (Language.ZH, "收到不合格的消息，请查来源·12 条存于隔离区"),
        (Language.EN, "Bad messages arrived: see where from · 12 quarantined"),
    ],
)
def test_a_hall_store_with_messages_in_quarantine_is_one_to_look_at(language: Language, words: str) -> None:
    hall = Hall("demo", published(), 5)
    state = DeviceState(presence=Presence.ONLINE, boot="b", since=NOW, faults=(Fault.QUARANTINE,), quarantined=12)
    hall.hear(address("demo", "hall-store", "hall-store"), state, NOW)
    (line,) = devices(hall, Words(HallNames(Name("示例", "Example")), language))
    assert (line.level, line.detail) == ("attention", words)
