"""What a citizen says to the people of the hall: a call for help, a complaint; and their word that they heard."""

from enum import StrEnum
from typing import Annotated

import msgspec

from contract.body import Command, Fact
from contract.cases import Words
from contract.catalogue import Code
from contract.moment import Moment


class ComplaintCategory(StrEnum):
    """What a complaint is about."""

    ATTITUDE = "attitude"
    SLOW = "slow"
    UNCLEAR = "unclear"
    DEVICE = "device"
    SUGGESTION = "suggestion"
    OTHER = "other"


class HelpCalled(Fact, frozen=True, kw_only=True):
    """Somebody at a machine asks for a person; `screen` says where in the machine they stopped."""

    help: Code
    screen: Code
    at: Moment


class ComplaintFiled(Fact, frozen=True, kw_only=True):
    """A complaint or suggestion, with a telephone only if its giver wants an answer; words and number are erasable."""

    complaint: Code
    category: ComplaintCategory
    at: Moment
    text: Words = ""
    phone: Annotated[str, msgspec.Meta(max_length=20)] = ""


class HelpHeard(Command, frozen=True, kw_only=True):
    """Somebody at the guide desk heard the call and comes, or speaks over the telephone."""

    help: Code
