"""The walks of the night's citizens: who they are, how they read and reach, and what they apply for."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from contract.cases import Notice, NoticeKind
from hallkit.rules.calendar import WorkCalendar
from simulators.id_cards import CARDS, SimulatedCard, resident

ALL = "all"
"""Chooses every walk, one after the other in the same hall."""

NIGHT_NAME = "夜半演示"
YES = "yes"
ANSWER_DAYS = 5
"""Working days within which an application is answered (Administrative Licensing Law, article 32)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Walk:
    """One citizen: a card, what to touch after the standby screen, what is typed and picked, and how they answer."""

    name: str
    card: SimulatedCard
    letters: str = "spjy"
    pick: str = "item:food-licence"
    modes: tuple[str, ...] = ()
    """Tools touched on the first screen: `elder`, `language`, `lower`, `contrast`."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers to situation questions; others are answered with what is offered first."""
    later: tuple[str, ...] = ()
    """Materials that are promised for later instead of being laid under the camera."""
    items: int = 1
    """Items that the application must be made of."""
    kind: NoticeKind = NoticeKind.ACCEPTANCE
    """What the notice must be: a receipt where a clerk has to look at one of the items first."""

    @property
    def applicant(self) -> str:
        """Return the name on the card."""
        return self.card.text.name.reveal()

    @property
    def marks(self) -> tuple[str, ...]:
        """Return what tells this citizen from any text of a hall; a name of two characters may be a word."""
        text = self.card.text
        names = [one.reveal() for one in (text.name, text.latin_name, text.number) if one is not None]
        return tuple(one for one in names if len(one) > 2)


_RESIDENT = Walk(name="resident", card=resident(NIGHT_NAME))
_FIVE = ("is-company", "area-over-50", "has-sign", "sells-tobacco")


def _night(order: int) -> SimulatedCard:
    """Return another card of that name: nobody applies twice for the same."""
    return resident(NIGHT_NAME, order=order)


WALKS: dict[str, Walk] = {
    walk.name: walk
    for walk in (
        _RESIDENT,
        replace(_RESIDENT, name="hk-macao-taiwan", card=CARDS["hk_macao_taiwan"]),
        replace(_RESIDENT, name="foreigner-2017", card=CARDS["foreigner_2017"]),
        replace(_RESIDENT, name="foreigner-2023", card=CARDS["foreigner_2023"]),
        replace(_RESIDENT, name="promised-later", card=_night(3), later=("premises-proof",),
                kind=NoticeKind.CONDITIONAL),
        replace(_RESIDENT, name="five-items", card=_night(5), letters="kfd", pick="topic:open-restaurant", items=5,
                kind=NoticeKind.RECEIPT, answers=dict.fromkeys(_FIVE, YES)),
        replace(_RESIDENT, name="elder", card=_night(7), modes=("elder",)),
        replace(_RESIDENT, name="english", card=_night(9), modes=("language",)),
    )
}  # fmt: skip
"""Every walk by its name, in the order they are walked."""


def chosen(name: str) -> tuple[Walk, ...]:
    """Return the walks of that name; KeyError if there are none."""
    return tuple(WALKS.values()) if name == ALL else (WALKS[name],)


def promised_day(notice: Notice) -> date | None:
    """Return the day a notice promises: the result's, or on a receipt the answer's."""
    return notice.answer_by if notice.kind is NoticeKind.RECEIPT else notice.due


def day_by(calendar: WorkCalendar, notice: Notice) -> date:
    """Return the day that `calendar` makes of what a notice promises."""
    days = ANSWER_DAYS if notice.kind is NoticeKind.RECEIPT else notice.promise_days
    return calendar.after(notice.issued_at.date(), days).day
