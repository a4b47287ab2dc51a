"""What may be shown of a name, a number, a telephone; and which credit codes can exist."""

import pytest

from hallkit.rules.credit_code import CreditCodeError, check_credit_code
from hallkit.rules.masking import mask_identity, mask_name, mask_phone


@pytest.mark.parametrize(
    ("name", "shown"),
    [("张三", "张*"), ("欧阳明", "欧阳*"), ("阿依古丽·买买提", "阿*"), ("𠅤三", "𠅤*"), ("欧阳", "欧*"), ("", "")],
)
def test_of_a_name_the_surname_is_shown(name, shown):
    assert mask_name(name) == shown


def test_of_numbers_the_ends_are_shown():
    assert mask_identity("000000190001010017") == "000***********0017"
    assert mask_identity("1234567") == "*******"
    assert mask_phone("10000000001") == "100****0001"


@pytest.mark.parametrize(
    "code", ["91000000MA00000T4X", "92000000MA0000T282", "11000000000000019Q", "52000000MJ00000T7Q"]
)
def test_a_credit_code_with_both_checks_is_taken(code):
    assert check_credit_code(code.lower()) == code


@pytest.mark.parametrize(
    "code", ["91000000MA00000T4Y", "91000000MA00010T4X", "91000000MA00000T4", "9100000OMA00000T4X"]
)
def test_a_credit_code_that_cannot_exist_is_refused(code):
    with pytest.raises(CreditCodeError):
        check_credit_code(code)
