"""What happens to a session and what it brings; what the rules of a step may ask of the world around it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from contract.case_requests import CheckReply, OnFileReply
from contract.cases import CaseProgress
from contract.catalogue import CatalogueEntry, ItemGuide, TopicGuide
from contract.queue_requests import TicketIssuedReply
from kiosk.core.session import Brought, Issued, Person, Reading, Slip, Told, Typing
from kiosk.core.strokes import Stroke
from kiosk.core.table import Event


@dataclass(frozen=True, slots=True)
class Drawn:
    """One finished stroke on a pad of `size` pixels."""

    stroke: Stroke = field(repr=False)
    size: tuple[int, int]


SHEET = "sheet"
"""Names the A4 page in news of paper."""


@dataclass(frozen=True, slots=True)
class SlipNews:
    """What became of the paper of a document (notice, ticket, A4 page), and the word for why it did not come."""

    document: str
    slip: Slip
    cause: str = ""


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases found, newest first."""

    found: tuple[CaseProgress, ...]


Brings = (
    Person | Reading | ItemGuide | TopicGuide | OnFileReply | CheckReply | Issued | Cases | Brought | TicketIssuedReply
    | Drawn | SlipNews | Told | None
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Happened:
    """An event; `text` is what stands behind the colon of a target, `brings` what a device or the centre gave."""

    event: Event
    text: str = ""
    brings: Brings = field(default=None, repr=False)


def plain_keys(typing: Typing, key: str) -> Typing:
    """Take a key without a word list: letters and digits stand for themselves."""
    text = {"delete": typing.text[:-1], "clear": "", "space": f"{typing.text} "}.get(key)
    if text is None:
        text = typing.text + key if len(key) == 1 else typing.text
    return Typing(code=typing.code, text=text[: typing.longest], longest=typing.longest, layout=typing.layout)


@dataclass(frozen=True, slots=True, kw_only=True)
class Means:
    """The day, the keyboard's word list, the search of the catalogue, and whether only synthetic people are taken."""

    today: date
    demo: bool = False
    press: Callable[[Typing, str], Typing] = plain_keys
    finish: Callable[[Typing], Typing] = lambda typing: typing
    """Takes what is still composing before a field is left."""
    find: Callable[[str], tuple[CatalogueEntry, ...]] = lambda query: ()
