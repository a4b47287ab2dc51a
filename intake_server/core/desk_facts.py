"""What the centre itself notes of citizens who call, ask to be called back, or complain."""

from datetime import date

from contract.body import Fact
from contract.moment import Moment


class CallBackAsked(Fact, frozen=True, kw_only=True):
    """The holder of a notice asks to be called about a case by `due`; the telephone is erasable."""

    call: str
    case: str
    at: Moment
    due: date
    phone: str = ""


class CallHeard(Fact, frozen=True, kw_only=True):
    """`by` of the guide desk took a call; `reached` tells whether the machine it came from showed so."""

    call: str
    by: str
    at: Moment
    reached: bool = False


class ComplaintAnswered(Fact, frozen=True, kw_only=True):
    """A complaint was answered: `subject` and `answer` are published, written without names and numbers."""

    complaint: str
    by: str
    at: Moment
    subject: str
    answer: str
