import re
from pathlib import Path

import pytest

import intake_server
from contract.board import HallMode, PauseReason, QueueState, WindowState
from contract.link import Fault
from contract.queue import TicketState
from contract.rating import RatingGrade, RatingReason
from intake_server.core import texts
from intake_server.core.kinds import RectificationState
from intake_server.core.texts import Language, codes, has, text

FAMILIES = {
    "mode": HallMode,
    "pause": PauseReason,
    "queue": QueueState,
    "window": WindowState,
    "fault": Fault,
    "ticket": TicketState,
    "grade": RatingGrade,
    "reason": RatingReason,
    "rect": RectificationState,
}


@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_every_word_of_the_contract_that_a_page_shows_has_a_text(family):
    assert [one for one in FAMILIES[family] if not has(f"{family}.{one.value}")] == []


def test_both_languages_take_the_same_values():
    holes = [{code: set(re.findall(r"{(\w+)}", _raw(code, language))) for code in codes()} for language in Language]
    assert holes[0] == holes[1]


class Echo(dict[str, str]):
    def __missing__(self, key):
        return f"{{{key}}}"


def _raw(code: str, language: Language) -> str:
    return texts._TEXTS[code][language is Language.EN].format_map(Echo())


def test_chinese_texts_hold_no_half_width_punctuation_behind_a_character():
    assert [code for code in codes() if re.search(r"[一-鿿][,;:!?]", _raw(code, Language.ZH))] == []


def test_every_code_a_template_or_view_names_is_in_the_catalogue():
    web = Path(intake_server.__file__).parent / "web"
    sources = [*web.glob("*.py"), *web.glob("templates/*.html")]
    named = {
        found
        for path in sources
        for found in re.findall(r"(?:\bt|words)\('?\"?([a-z_]+\.[a-z_.]+[a-z])[\"']", path.read_text())
    }
    assert {code for code in named if not has(code)} == set()


def test_a_code_nobody_wrote_is_an_error():
    with pytest.raises(KeyError):
        text("no.such", Language.ZH)
