"""Whether what was typed into a field can be right, told before anything is handed in."""

from datetime import date

from contract.catalogue import FieldKind, FormField
from hallkit.rules.credit_code import CreditCodeError, check_credit_code
from hallkit.rules.identity import IdentityError, check_document
from kiosk.core.session import FieldFault, Form

PHONE_DIGITS = range(7, 13)


def faults_of(form: Form, codes: tuple[str, ...], *, today: date, demo: bool) -> tuple[FieldFault, ...]:
    """Return what is wrong with some fields of a form, in the form's order."""
    words = {one.code: fault_of(one, form.value(one.code), today=today, demo=demo) for one in form.fields}
    return tuple(FieldFault(code=code, word=word) for code, word in words.items() if code in codes and word)


def fault_of(asked: FormField, value: str, *, today: date, demo: bool) -> str:
    """Return the word for what is wrong with one answer, empty for nothing."""
    value = value.strip()
    if not value:
        return "required" if asked.required else ""
    if len(value) > asked.longest:
        return "too_long"
    match asked.kind:
        case FieldKind.NUMBER:
            return "" if _is_number(value) else "number"
        case FieldKind.DATE:
            return "" if _is_date(value) else "date"
        case FieldKind.CHOICE:
            return "" if value in {one.code for one in asked.options} else "choice"
        case FieldKind.PHONE:
            digits = value.replace("-", "").replace(" ", "")
            return "" if digits.isascii() and digits.isdigit() and len(digits) in PHONE_DIGITS else "phone"
        case FieldKind.IDENTITY:
            return "" if _is_identity(value, today, demo) else "identity"
        case FieldKind.CREDIT_CODE:
            return "" if _is_credit_code(value) else "credit_code"
        case _:
            return ""


def _is_number(value: str) -> bool:
    whole, _, rest = value.partition(".")
    return value.isascii() and whole.isdigit() and (rest.isdigit() or not rest) and not value.endswith(".")


def _is_date(value: str) -> bool:
    try:
        date.fromisoformat(value)
    except ValueError:
        return False
    return True


def _is_identity(value: str, today: date, demo: bool) -> bool:
    try:
        check_document(value, today=today, demo=demo)
    except IdentityError:
        return False
    return True


def _is_credit_code(value: str) -> bool:
    try:
        check_credit_code(value)
    except CreditCodeError:
        return False
    return True
