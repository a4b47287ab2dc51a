"""What one painting of the ticket machine needs, and the parts every screen of it has."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from contract.board import QueueOnBoard
from contract.link import Fault
from hallkit.inventory.schema import DeviceEntry, Hall, ServiceEntry
from hallkit.text.layout import Align
from hallkit.touch.box import Box
from hallkit.touch.frame import SCREEN, Frame, frame
from hallkit.touch.look import Look
from hallkit.touch.theme import CONTENT_WIDTH, MARGIN
from hallkit.touch.widgets import Footer, Ground, Header, Kind, Label, Tag, Tool, Widget
from queue_caller.core.machine_session import Session
from queue_caller.core.machine_world import World
from queue_caller.screens.words import MONTHS, WEEKDAYS, say

FAULTS_OF_PRINTER = (Fault.PAPER_OUT, Fault.COVER_OPEN, Fault.CUTTER_JAM, Fault.PRINTER_SILENT, Fault.PRINTER_FAULT)
PRINTER_X, READER_X = 600, 860
"""Where the slots are below the screen, in pixels from its left edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Face:
    """What the hall's file says that this machine's screens show."""

    title: str
    title_en: str
    place: str
    number: str
    helpline: str
    public_url: str
    demo: bool
    services: tuple[ServiceEntry, ...]
    has_reader: bool = False

    def service(self, name: str) -> ServiceEntry:
        """Return a service by its id; KeyError if this machine does not offer it."""
        return {entry.id: entry for entry in self.services}[name]


def face_of(hall: Hall, entry: DeviceEntry) -> Face:
    """Return the face of one machine of a hall."""
    offered = entry.services or tuple(one.id for one in hall.services)
    table = hall.hall
    return Face(
        title=table.title, title_en=table.title_en or table.title, place=table.place,
        number=entry.name.rpartition("-")[2], helpline=table.helpline, public_url=table.public_url.rstrip("/"),
        demo=table.demo, services=tuple(one for one in hall.services if one.id in offered),
        has_reader=entry.reader is not None,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One moment of one machine; `left` is the seconds until the screen ends, None for never."""

    session: Session
    world: World
    face: Face
    now: datetime
    look: Look
    left: int | None = None

    def say(self, name: str, **values: object) -> str:
        """Return a sentence in the session's language."""
        return say(name, self.session.english, **values)

    def name(self, service: str) -> str:
        """Return a service's name in the session's language."""
        entry = self.face.service(service)
        return entry.name_en if self.session.english else entry.name

    def queue(self, service: str) -> QueueOnBoard | None:
        """Return what the boards said of a service."""
        return self.world.queues.get(service)

    def clock(self, moment: datetime) -> str:
        """Return a time of day in a sentence, with its day when it is not today."""
        time = f"{moment.hour}:{moment.minute:02d}"
        days = (moment.date() - self.now.date()).days
        if days == 0:
            return time
        return self.say("tomorrow", time=time) if days == 1 else f"{self.day(moment.date())} {time}"

    def day(self, day: date) -> str:
        """Return a date with its weekday."""
        weekday = WEEKDAYS[self.session.english][day.weekday()]
        if self.session.english:
            return f"{weekday} {day.day} {MONTHS[day.month - 1]}"
        return f"{day.month}月{day.day}日 {weekday}"

    def day_ahead(self, day: date) -> str:
        """Return tomorrow as a word, another day as a date."""
        return self.say("tomorrow_day") if day == self.now.date() + timedelta(days=1) else self.day(day)

    def regions(self, *, pointer: bool = False) -> Frame:
        """Return the regions of this screen."""
        return frame(pointer=pointer, lowered=self.session.lowered)


class Column:
    """Places one thing below the other between the margins."""

    def __init__(self, shown: Shown, *, top: int, bottom: int) -> None:
        self._look = shown.look
        self.y, self.bottom = top, bottom
        self.widgets: list[Widget] = []

    def text(self, text: str, role: str, colour: str = "ink", *, centred: bool = False, icon: str = "", gap: int = 16,
             right: int = 0) -> None:  # fmt: skip
        """Set wrapped text; `right` keeps pixels free at its right, for the tag."""
        room = Box(MARGIN, self.y, CONTENT_WIDTH - right, 1)
        align: Align = "centre" if centred else "left"
        width = room.width - (round(self._look.px(role) * 1.1) + 20 if icon else 0)
        height = self._look.block(text, role, width).height
        box = Box(room.x, room.y, room.width, height)
        self.widgets.append(Label(box, text, role, colour, align, icon=icon))
        self.y += height + gap

    def box(self, height: int, gap: int = 24) -> Box:
        """Take the next `height` pixels of the whole width."""
        box = Box(MARGIN, self.y, CONTENT_WIDTH, height)
        self.y += height + gap
        return box

    @property
    def room(self) -> int:
        """Return the pixels left."""
        return self.bottom - self.y


def shell(shown: Shown, *, lower: bool = True) -> list[Widget]:
    """Return ground, header, footer and the tag of a demonstration."""
    regions, session, face = shown.regions(), shown.session, shown.face
    title = face.title_en if session.english else face.title
    machine = shown.say("machine", number=face.number)
    place = machine if session.english or not face.place else f"{face.place}·{machine}"
    header = Header(
        regions.header, title, "" if session.elder else place, f"{shown.now:%H:%M}",
        "" if session.elder else shown.day(shown.now.date()), _tools(shown),
    )  # fmt: skip
    what, works = trouble(shown)
    tool = Tool(shown.say("lower"), "lower", icon="lower") if lower and not session.elder else None
    footer = Footer(regions.footer, what, works, shown.say("phone"), face.helpline, tool)
    tag = [Tag(regions.tag, shown.say("demo"))] if face.demo and not session.elder else []
    return [Ground(SCREEN), header, footer, *tag]


def _tools(shown: Shown) -> tuple[Tool, ...]:
    if shown.session.elder:
        return (Tool(shown.say("standard"), "elder"),)
    return (
        Tool(shown.say("elder"), "elder", sign="大" if not shown.session.english else "A"),
        Tool(shown.say("language"), "language"),
        Tool(shown.say("help"), "help", icon="help", kind=Kind.HELP),
    )


def trouble(shown: Shown) -> tuple[str, bool]:
    """Return the footer: what does not work and what to do instead, or that all works."""
    what, otherwise = [], ""
    if shown.world.is_stale:
        what, otherwise = [shown.say("footer.away")], shown.say("footer.away_else")
    if faults := [fault for fault in FAULTS_OF_PRINTER if fault in shown.world.faults]:
        what.append(shown.say("footer.print"))
        paper = Fault.PAPER_OUT in faults
        otherwise = shown.say("footer.paper_else" if paper else "footer.print_else")
    if Fault.READER_SILENT in shown.world.faults:
        what.append(shown.say("footer.reader"))
        otherwise = otherwise or shown.say("footer.reader_else")
    if Fault.CLOCK_WRONG in shown.world.faults:
        what.append(shown.say("footer.clock"))
        otherwise = otherwise or shown.say("footer.clock_else")
    full = [one.id for one in shown.face.services if shown.world.is_full(one.id)]
    what += [shown.say("footer.full", service=shown.name(service)) for service in full[:1] if not what]
    if not what:
        return shown.say("footer.ok"), True
    if shown.session.elder:
        return shown.say("footer.off", what=what[0]), False
    joined = ("、" if not shown.session.english else ", ").join(what[:2])
    return f"{shown.say('footer.off', what=joined)}\n{otherwise or shown.say('footer.rest')}", False


def pages(count: int, room: int, least: int, gap: int) -> tuple[int, int]:
    """Return how many rows fit on a page and how high each is, at most 200, when `count` are wanted."""
    fit = max((room + gap) // (least + gap), 1)
    rows = min(count, fit)
    return rows, min((room - gap * (rows - 1)) // rows, 200)


def page_of(items: Sequence[ServiceEntry], page: int, size: int) -> tuple[ServiceEntry, ...]:
    """Return one page of services, beginning again after the last."""
    count = -(-len(items) // size)
    start = page % count * size
    return tuple(items[start : start + size])
