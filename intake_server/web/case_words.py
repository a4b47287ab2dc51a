"""The case pages' words in one language, with their dates."""

from datetime import date, datetime

from contract.cases import CaseProgress, CountedDay
from intake_server.core.cases.page_words import codes, word
from intake_server.core.ledger import SHANGHAI
from intake_server.core.texts import Language

CODES = frozenset(codes())
_WEEKDAYS = "一二三四五六日"
_ENGLISH = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class CaseWords:
    """What a template writes about cases."""

    def __init__(self, language: Language) -> None:
        self.language = language
        self.is_english = language is Language.EN

    def __call__(self, code: str, **values: object) -> str:
        """Return the words for a code."""
        return word(code, self.language, **values)

    def knows(self, code: str) -> bool:
        """Return whether there are words for a code."""
        return code in CODES

    def took(self, began: datetime, ended: datetime) -> str:
        """Return how long something took, as seconds of two minutes or as minutes."""
        seconds = max(0, round((ended - began).total_seconds()))
        if seconds < 120:
            return word("guides.took", self.language, seconds=seconds)
        return word("guides.took.minutes", self.language, minutes=seconds // 60)

    def day(self, day: date) -> str:
        """Return a date without its weekday."""
        return f"{day.day} {_MONTHS[day.month - 1]}" if self.is_english else f"{day.month}月{day.day}日"

    def weekday(self, day: date) -> str:
        """Return a date's weekday."""
        return _ENGLISH[day.weekday()] if self.is_english else f"周{_WEEKDAYS[day.weekday()]}"

    def full_day(self, day: date) -> str:
        """Return a date with its weekday."""
        return f"{self.weekday(day)} {self.day(day)}" if self.is_english else f"{self.day(day)} {self.weekday(day)}"

    def moment(self, at: datetime) -> str:
        """Return a date with its time of day."""
        local = at.astimezone(SHANGHAI)
        return f"{self.day(local.date())} {local:%H:%M}"

    def counted(self, day: CountedDay) -> str:
        """Return why a day counts or not."""
        return word(f"day.{day.mark.value}", self.language, number=day.number)

    def lamp(self, progress: CaseProgress) -> str:
        """Return in words how the due date stands."""
        left = progress.days_left
        if left is None:
            return word("suspended", self.language) if progress.is_suspended else ""
        if left < 0:
            return word("days.late", self.language, days=-left)
        if left == 0:
            return word("days.today", self.language)
        return word("days.soon" if left == 1 else "days.left", self.language, days=left)
