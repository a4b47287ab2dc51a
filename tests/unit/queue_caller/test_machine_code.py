"""A code put together out of patterns is the code that is computed, dot for dot."""

import pytest
import segno
from hypothesis import given
from hypothesis import strategies as st

from queue_caller.core.machine_code import Matrix, QuickCode

START = "https://hall.example/q/"


def computed(address: str) -> Matrix:
    return segno.make_qr(address, error="m", mode="byte", mask=3, boost_error=False).matrix


CODE = QuickCode(computed, START, "0" * 26)


@given(st.text(st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=26, max_size=26))
def test_every_token_gets_the_code_that_is_computed(token: str) -> None:
    wanted = [int("".join(map(str, row)), 2) for row in computed(START + token)]
    assert list(CODE.rows(token)) == wanted


@pytest.mark.parametrize("token", ["", "0" * 25, "0" * 27, "é" + "0" * 25])
def test_what_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="26"):
        CODE.rows(token)
