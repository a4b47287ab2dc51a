"""Screens that tell something centred: done, refused, away, starting over, paused; and the questions over a screen."""

from dataclasses import dataclass

from hallkit.touch.box import Box
from hallkit.touch.look import Look, TouchState
from hallkit.touch.marks import Icon, Panel, Placement
from hallkit.touch.widgets import Dialog, StillThere, Widget
from kiosk.core.moves import LIMITS
from kiosk.core.session import Help
from kiosk.core.table import State
from kiosk.core.world import Part
from kiosk.screens.column import Column
from kiosk.screens.shell import PARTS, bar, shell
from kiosk.screens.view import View
from kiosk.screens.words import WORDS

EMBLEM = 200
TAIL = 6
"""Characters of a case number that a screen without its citizen may show."""


@dataclass(frozen=True)
class Emblem:
    """An icon on a tinted disc, in the colours of `tone`: ok, warn or bad."""

    box: Box
    icon: str
    tone: str

    def layout(self, look: Look, state: TouchState) -> Placement:
        """Return disc and icon; the sentence below is what is read aloud."""
        size = self.box.width // 2
        at = Box(self.box.x + (self.box.width - size) // 2, self.box.y + (self.box.height - size) // 2, size, size)
        disc = Panel(self.box, look[f"{self.tone}tint"], self.box.width // 2)
        return Placement((disc, Icon(at, self.icon, look[self.tone])))


def told(view: View, icon: str, tone: str, title: str, lead: str, *, role: str = "title") -> Column:
    """Return a column that begins with an emblem, a title and a sentence, all centred."""
    column = Column(view)
    if not view.mode.lowered:
        column.y += 40 if view.is_large else 96
        column.add(Emblem(Box((1080 - EMBLEM) // 2, column.y, EMBLEM, EMBLEM), icon, tone))
        column.y += EMBLEM + 48
    if view.is_tightest:
        column.above(title)
    else:
        column.text(title, role, align="centre", gap=12)
    if lead:
        column.text(lead, "lead", "ink2", align="centre", gap=24 if view.mode.lowered else 48)
    return column


def noted(view: View) -> list[Widget]:
    """Return what was done, with its number."""
    word, number = view.session.told.word, view.session.told.number
    name = f"noted.{word}" if f"noted.{word}" in WORDS else "noted.done"
    column = told(view, "check_disc", "ok", view.say(name), view.say(f"{name}_note"))
    if number:
        column.lines(view.say("noted.number"), [number], role="row_large")
    return [*shell(view), *column.widgets, *_two(view)]


def refused(view: View) -> list[Widget]:
    """Return why it was not done, that nothing was lost, and what to do."""
    told_of = view.session.told
    word = told_of.refusal.value if told_of.refusal else told_of.word
    name = f"refused.{word}" if f"refused.{word}" in WORDS else "refused.other"
    column = told(view, "warn", "warn", view.say(name), view.say(f"{name}_note"))
    column.lines("", [view.say("refused.kept"), view.say("refused.ask", phone=view.face.helpline)])
    return [*shell(view), *column.widgets, *bar(view, view.say("again"), "back", back=False, leave=True)]


def away(view: View) -> list[Widget]:
    """Return what is kept although the centre does not answer, and what happens next."""
    said = view.session.told
    kept = said.word == "kept"
    name = "away.kept" if kept else "away.nothing"
    tone = ("check_disc", "ok") if kept else ("warn", "warn")
    column = told(view, *tone, view.say(name), view.say(f"{name}_note"))
    if kept and said.number:
        column.lines(view.say("away.receipt"), [said.number], role="row_large")
    column.lines("", [view.say("away.next")])
    if kept:
        return [*shell(view), *column.widgets, *_two(view)]
    return [*shell(view), *column.widgets, *bar(view, view.say("away.again"), "back", back_action="home",
                                                back_word="to_home", leave=False)]  # fmt: skip


def _two(view: View) -> list[Widget]:
    """Return the way home and the end."""
    return bar(view, view.say("finish"), "done", back_action="home", back_word="to_home", leave=False)


def working(view: View) -> list[Widget]:
    """Return that a request is under way; nothing can be pressed twice."""
    submitting = view.session.state is State.SUBMITTING
    name = "submitting" if submitting else "working"
    column = told(view, "ring", "ok", view.say(f"{name}.title"), view.say(f"{name}.lead"))
    if submitting:
        column.lines("", [view.say("submitting.once")])
    return [*shell(view, lower=False, plain=True), *column.widgets]


def fail_safe(view: View) -> list[Widget]:
    """Return that the kiosk starts over, and first what is true of the citizen's business."""
    said = view.session.told
    column = told(view, "refresh", "warn", view.say("fail.title"), view.say("fail.lead"), role="title_fault")
    if said.number:
        column.lines(view.say("fail.case", tail=said.number[-TAIL:]), [view.say("fail.case_note")])
    elif said.word == "unknown":
        column.lines(view.say("fail.unknown"), [view.say("fail.unknown_note", phone=view.face.helpline)])
    else:
        column.lines(view.say("fail.nothing"), [view.say("fail.nothing_note")])
    column.text(view.say("fail.erased"), "body", "ink2", align="centre")
    return [*shell(view, lower=False, plain=True), *column.widgets]


def out_of_service(view: View) -> list[Widget]:
    """Return that the kiosk is paused, why, and where else to go."""
    column = told(view, "stop", "bad", view.say("out.title"), view.say("out.lead"), role="title_fault")
    out = [part for part in PARTS if view.world.outage(part)]
    if out:
        column.lines(view.say("out.why"), [view.say(f"part.{part.value}") for part in out[:3]])
    column.lines(view.say("out.next"), [view.say("out.safe"), view.say("out.call", phone=view.face.helpline)])
    return [*shell(view, lower=False, plain=True), *column.widgets]


def maintenance(view: View) -> list[Widget]:
    """Return that somebody works on the kiosk, with what is and is not in order."""
    column = told(view, "lock", "warn", view.say("maintain.title"), view.say("maintain.lead"), role="title_fault")
    states = [
        view.say("maintain.bad" if view.world.outage(part) else "maintain.good", what=view.say(f"part.{part.value}"))
        for part in PARTS if part is not Part.POWER
    ]  # fmt: skip
    if view.world.slips_left is not None:
        states.append(view.say("maintain.paper", count=view.world.slips_left))
    column.lines(view.say("maintain.parts", number=view.face.number), states)
    return [*shell(view, lower=False, plain=True), *column.widgets]


def emergency(view: View) -> list[Widget]:
    """Return what everybody has to do now."""
    column = told(view, "warn", "bad", view.say("emergency.title"), view.say("emergency.lead"), role="title_fault")
    column.lines(view.say("emergency.do"), [view.say("emergency.safe")])
    return [*shell(view, lower=False, plain=True), *column.widgets]


def help_dialog(view: View) -> Widget:
    """Return what became of the call for help."""
    name = {Help.HEARD: "help.heard", Help.UNHEARD: "help.unheard"}.get(view.session.help, "help.calling")
    return Dialog(view.say(name), view.say(f"{name}_note", phone=view.face.helpline), view.say("help.on"),
                  safe_action="stay")  # fmt: skip


def still_there(view: View) -> Widget:
    """Return the question before a session ends by itself."""
    seconds, total = view.left or 0, LIMITS[State.STILL_THERE]
    return StillThere(
        view.say("still.title"), view.say("still.text", seconds=seconds), view.say("still.stay"),
        view.say("still.leave"), min(seconds, total), total, stay_action="stay", leave_action="leave",
    )  # fmt: skip


def leave(view: View) -> Widget:
    """Return the question before a session is given up."""
    return Dialog(
        view.say("leave.title"), view.say("leave.text"), view.say("leave.stay"), view.say("leave.confirm"),
        safe_action="stay", leave_action="confirm",
    )  # fmt: skip
