"""What a rating pad asks and how it goes on: idle, grades, reasons, thanks. Pure, time brought in as milliseconds."""

IDLE, GRADES, REASONS, THANKS = "idle", "grades", "reasons", "thanks"
ASK_MS, REASON_MS, THANKS_MS = 60000, 60000, 3000
REASON_NAMES = ("waited_long", "attitude", "asked_too_much", "unclear", "too_many_visits", "other")


class RatingState:
    """The question on the pad; facts it returns are (type, pairs) and are to be stored before anything is shown."""

    def __init__(self, window):
        self.window = window
        self.staff, self.masked_name = "", ""
        self._put_away()

    def refusal(self, window, until, now):
        """Return why an ask is not asked here and now, or an empty text."""
        if window != self.window:
            return "foreign_window"
        return "expired" if until <= now else ""

    def ask(self, service_event, until, now):
        """Ask for a grade, for at most a minute; a question before it is put away."""
        self._put_away()
        self.screen, self.service_event, self.until = GRADES, service_event, min(until, now + ASK_MS)

    def fact_of_grade(self, grade, rating, at_text, now):
        """Return the fact a grade key makes, or None where no grade is asked."""
        if self.screen != GRADES or self.is_over(now):
            return None
        pairs = [("rating", rating), ("service_event", self.service_event), ("grade", grade)]
        return "RatingGiven", tuple(pairs + [("at", at_text), ("window", self.window)])

    def graded(self, grade, rating, now):
        """Go on after a grade was stored: thanks, or after a bad one the reasons."""
        if grade > 2:
            self.thank(now)
        else:
            self.screen, self.rating, self.until = REASONS, rating, now + REASON_MS

    def tick(self, reason):
        """Tick a reason, or untick it."""
        if self.screen == REASONS:
            self.ticks ^= 1 << reason

    def fact_of_reasons(self, kept=True):
        """Return the answer to the reasons question, with its ticks if `kept`; None while it is not asked."""
        if self.screen != REASONS:
            return None
        chosen = [name for place, name in enumerate(REASON_NAMES) if kept and self.ticks >> place & 1]
        return reasons_given(self.rating, self.service_event, chosen)

    def thank(self, now):
        """Say thanks for three seconds."""
        self._put_away()
        self.screen, self.until = THANKS, now + THANKS_MS

    def rest(self):
        """Ask nothing any more."""
        self._put_away()

    def is_over(self, now):
        """Say whether the screen's time is up."""
        return self.until is not None and now >= self.until

    def _put_away(self):
        self.screen, self.until, self.service_event, self.rating, self.ticks = IDLE, None, "", "", 0


def reasons_given(rating, service_event, reasons):
    """Return the fact of a reasons question answered, or passed over."""
    return "RatingReasonsGiven", (
        ("rating", rating),
        ("service_event", service_event),
        ("reasons", reasons),
        ("text", ""),
    )
