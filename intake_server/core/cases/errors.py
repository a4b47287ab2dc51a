"""Errors of the cases: refusals a program can put into words, and faults of the catalogue."""

from contract.cases import CaseRefusal


class CaseError(Exception):
    """Something about a case cannot be done."""


class RefusedError(CaseError):
    """A request is not granted; `code` says why, `detail` names the field, material, item or state."""

    def __init__(self, code: CaseRefusal, detail: str = "") -> None:
        super().__init__(f"{code.value} {detail}".strip())
        self.code, self.detail = code, detail


class CaseNumberError(CaseError, ValueError):
    """A text that is no case number."""


class CatalogueError(CaseError):
    """The catalogue's files are wrong; one fault a line, each with its item."""
