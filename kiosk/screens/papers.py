"""Materials: what is still missing, and the photographing of one."""

from contract.catalogue import GuideMaterial, MaterialWay
from hallkit.touch.box import Box
from hallkit.touch.theme import CONTENT_WIDTH, GUTTER, MARGIN
from hallkit.touch.widgets import Button, DevicePointer, Kind, Label, Photo, Widget
from kiosk.core.application import may_follow, ways_of
from kiosk.core.session import CAPTURED, ROWS_SHOWN, Aim, Brought, Choice
from kiosk.core.world import Part
from kiosk.screens.column import Column, shortened
from kiosk.screens.guide import bring
from kiosk.screens.rows import Line, page_of, pager, pager_room, place_lines
from kiosk.screens.shell import bar, pointer_box, shell
from kiosk.screens.view import CAMERA_X, View, material_name
from kiosk.screens.words import WORDS

THUMB = (144, 180)


def materials(view: View) -> list[Widget]:
    """Return every material with how it is brought; touching one takes its pages or ticks it."""
    session = view.session
    wanted = (session.choice or Choice()).materials
    column = Column(view)
    missing = sum(not session.material_of(one.code).is_given for one in wanted)
    checking = session.aim is Aim.PRECHECK
    column.title(view.say("papers.have" if checking else "papers.title"),
                 view.say("papers.tick" if checking else "papers.lead"))  # fmt: skip
    size = max(session.shown(ROWS_SHOWN), 1)
    rows, page, count = page_of(wanted, session.page, size)
    for_one = [_line(view, one, session.material_of(one.code)) for one in rows]
    place_lines(column, for_one, keep=pager_room(count))
    pager(column, page, count)
    reason = view.say("papers.missing", count=missing) if missing and not checking else ""
    primary = view.say("papers.check" if checking else "papers.next")
    return [*shell(view), *column.widgets, *bar(view, primary, reason=reason)]


def _line(view: View, material: GuideMaterial, brought: Brought) -> Line:
    """Return a material: done with a check, else what touching it does."""
    word, tone = _state(view, material, brought)
    icon = "check" if brought.is_given else "paper"
    note = "" if view.is_tight else material.source
    return Line(material.name, note, _action(view, material, brought), icon, word, tone)


def _state(view: View, material: GuideMaterial, brought: Brought) -> tuple[str, str]:
    if brought.is_later:
        return view.say("brought.later"), "warn"
    if brought.is_given and brought.way is not None:
        if brought.way in CAPTURED and brought.pages:
            return view.say("brought.pages", count=len(brought.pages)), "ok"
        return view.say(f"brought.{brought.way.value}"), "ok"
    if view.session.aim is Aim.PRECHECK:
        return view.say("brought.no"), "warn"
    return bring(view, material)


def _action(view: View, material: GuideMaterial, brought: Brought) -> str:
    """Return what touching a material does: tick it at hand, use what is held, photograph it, or bring it later."""
    code = material.code
    if view.session.aim is Aim.PRECHECK:
        return f"way:{code}:{MaterialWay.ORIGINAL.value}"
    if brought.is_later:
        return f"later:{code}"
    ways = ways_of(material)
    held = {one.code for one in view.session.on_file}
    if code in held and not brought.is_given:
        return f"way:{code}:{MaterialWay.ON_FILE.value}"
    camera = not view.world.outage(Part.CAMERA)
    if camera and any(way in CAPTURED for way in ways):
        return f"material:{code}"
    for way in (MaterialWay.SHARED, MaterialWay.FORM, MaterialWay.PROMISED):
        if way in ways:
            return f"way:{code}:{way.value}"
    return f"later:{code}" if may_follow(material) else f"material:{code}"


def capture(view: View) -> list[Widget]:
    """Return what the camera sees, what is wrong with the page shown, and the pages taken so far."""
    session = view.session
    brought = session.material_of(session.material)
    wanted = (session.choice or Choice()).materials
    name = material_name(wanted, session.material)
    column = Column(view, pointer=not view.mode.lowered)
    title = view.say("capture.title", name=name)
    if view.is_tight:
        title = shortened(view, name, "title_steps", CONTENT_WIDTH)
    column.title(title)
    page = min(session.page, len(brought.pages) - 1)
    _checks(view, column, brought, page)
    tools = _tools(view, column, wanted, brought)
    _thumbs(view, column, brought, page)
    height = column.room
    column.add(Photo(column.box(height, 0), view.preview, _unseen(view), view.corners))
    done = view.say("capture.done", count=len(brought.pages)) if brought.pages else ""
    primary = (done, "done") if brought.pages else (view.say("capture.shoot"), "shoot")
    widgets = [*shell(view), *column.widgets, *tools, *bar(view, *primary, pointer=not view.mode.lowered)]
    if not view.mode.lowered:
        note = "" if view.is_large else view.say("capture.place_note")
        widgets.append(DevicePointer(pointer_box(), view.say("capture.place"), note, CAMERA_X))
    return widgets


def _unseen(view: View) -> str:
    """Return why there is no picture, and what to do."""
    return view.say("capture.broken" if view.world.outage(Part.CAMERA) else "capture.dark")


def _checks(view: View, column: Column, brought: Brought, page: int) -> None:
    """Place what is right or wrong with the page shown: a sign, a word, a colour, and what to do."""
    if not brought.pages:
        if not view.mode.lowered:
            column.text(view.say("capture.lead"), "lead", "ink2")
        return
    flaws = brought.pages[page].flaws
    if not flaws:
        column.text(view.say("capture.good", page=page + 1), "strong", "ok", icon="check")
    for word in flaws[: 1 if view.is_tight else 2]:
        name = f"flaw.{word}"
        column.text(view.say(name if name in WORDS else "flaw.other"), "strong", "warn", icon="warn")


def _tools(view: View, column: Column, wanted: tuple[GuideMaterial, ...], brought: Brought) -> list[Widget]:
    """Return another page, the same page again, and the promise to bring it later, above the bar."""
    words = [("capture.more", "shoot", "camera"), ("capture.drop", "drop", "refresh")] if brought.pages else []
    material = next((one for one in wanted if one.code == view.session.material), None)
    if not brought.pages and material is not None and may_follow(material):
        words.append(("capture.later", f"later:{material.code}", "clock"))
    if not words:
        return []
    box = Box(MARGIN, column.bottom - 112, CONTENT_WIDTH, 112)
    column.bottom = box.y - 16
    return [
        Button(room, view.say(name), action, Kind.SECONDARY, icon=icon, role="strong")
        for room, (name, action, icon) in zip(box.columns(len(words), GUTTER), words, strict=True)
    ]


def _thumbs(view: View, column: Column, brought: Brought, page: int) -> None:
    """Place the pages taken, small, with arrows to look at another; left out where there is no room."""
    if not brought.pages or view.is_tight:
        return
    width, height = THUMB
    box = Box(MARGIN, column.bottom - height, CONTENT_WIDTH, height)
    column.bottom = box.y - 16
    first = max(min(page - 1, len(brought.pages) - 3), 0)
    shown = brought.pages[first : first + 3]
    x = MARGIN + 128
    for place, one in enumerate(shown, first):
        column.add(Photo(Box(x, box.y, width, height), one.thumbnail, str(place + 1)))
        label = view.say("capture.page_now" if place == page else "capture.page", page=place + 1)
        tall = view.look.block(label, "small_strong", 108).height
        role = "small_strong" if place == page else "small"
        column.add(
            Label(
                Box(x + width + 8, box.y + (height - tall) // 2, 92, tall),
                label,
                role,
                "act" if place == page else "ink2",
            )
        )
        x += width + 112
    y = box.y + (height - 104) // 2
    if page > 0:
        column.add(Button(Box(MARGIN, y, 112, 104), "", "page:-1", icon="back", spoken=view.say("page.before")))
    if page < len(brought.pages) - 1:
        at = Box(MARGIN + CONTENT_WIDTH - 112, y, 112, 104)
        column.add(Button(at, "", "page:1", icon="next", spoken=view.say("page.after")))
