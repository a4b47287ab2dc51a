"""Nothing of a citizen stays at a kiosk: its memory, its disk, its log, its screen; and a kill loses nothing else."""

import gc
import logging
import random
import sys
from collections.abc import Callable, Iterator
from types import FrameType, ModuleType

import pytest
from kiosk_rig import KIOSK, KioskRig, kiosk_night

from hall24.demo.night import LostError
from hallkit.runtime.clock import LoopClock
from hallkit.runtime.memory_link import MemoryBroker, MemoryLink
from hallkit.text.fonts import system_fonts
from hallkit.touch.screen import PictureScreen
from kiosk.app.display import Display
from kiosk.app.kiosk import KioskApp
from kiosk.core.moves import TABLE
from kiosk.core.session import PAD_TARGET, Session
from kiosk.core.table import Event, State
from simulators.id_cards import ADDRESS, resident, synthetic_number

ITEM, LETTERS, NAME, PHONE = "food-licence", "spjy", "夜半留名", "13800000000"
NUMBER = synthetic_number(resident(NAME).text.born, 1)
MARKS = (NAME, NUMBER, PHONE, ADDRESS)
OUTSIDE = (ModuleType, type, FrameType, LoopClock, MemoryBroker, MemoryLink, PictureScreen, logging.Handler)
"""Where the kiosk ends: code, the loop, the broker and the glass belong to others."""


def reachable(*roots: object) -> Iterator[object]:
    """Return every object a root leads to, through closures and caches but not through modules and the loop."""
    seen: set[int] = set()
    waiting: list[object] = list(roots)
    while waiting:
        one = waiting.pop()
        if id(one) in seen or isinstance(one, OUTSIDE) or "loop" in type(one).__name__.lower():
            continue
        seen.add(id(one))
        yield one
        if callable(one) and hasattr(one, "__globals__"):
            waiting += [*(one.__closure__ or ()), *(one.__defaults__ or ())]
        else:
            waiting += gc.get_referents(one)


def caches() -> list[object]:
    """Return what the modules a kiosk paints and prints with keep."""
    names = ("kiosk.", "hallkit.text", "hallkit.touch", "hallkit.devices", "hallkit.codecs", "contract.")
    modules = [module for name, module in sorted(sys.modules.items()) if name.startswith(names)]
    return [value for module in modules for value in vars(module).values()]


def remembers(app: KioskApp) -> list[str]:
    """Return what of the marked data is still in the kiosk's memory, and in what it was found."""
    gc.collect()
    found = []
    for one in reachable(app, *caches()):
        if isinstance(one, str) and any(mark in one for mark in MARKS):
            found.append(one[:80])
        elif isinstance(one, bytes | bytearray) and any(mark.encode() in bytes(one) for mark in MARKS):
            found.append(repr(bytes(one)[:80]))
        elif isinstance(one, Session) and one.person is not None:
            found.append("a session with somebody in it")
    return found


async def a_whole_visit(rig: KioskRig) -> None:
    citizen = rig.citizen()
    await citizen.apply(LETTERS, ITEM, resident(NAME))
    await rig.clock.sleep(5)
    assert remembers(rig.kiosk), "the test sees what is there while the citizen is"
    await citizen.leave(5)
    await rig.clock.sleep(30)


def test_after_a_visit_neither_memory_nor_disk_nor_log_nor_screen_knows_who_it_was(caplog):
    async def main(rig: KioskRig) -> None:
        await a_whole_visit(rig)
        assert rig.kiosk.session == Session()
        rig.said.clear()
        assert remembers(rig.kiosk) == []
        dump = b"\n".join(
            repr(row).encode() for row in rig.disk.open(rig.hall.hall.run / f"{KIOSK}.db").iterdump()
        )  # fmt: skip
        assert not any(mark.encode() in dump for mark in MARKS)
        app, fresh = rig.kiosk, PictureScreen()
        app.pace.paint()
        Display(fresh, app.face, system_fonts()).paint(Session(), app.world, rig.clock.now(), None, 0.0)
        assert rig.screen.png() == fresh.png()
        assert rig.kiosk.materials.documents() == {}

    with caplog.at_level(logging.DEBUG):
        kiosk_night(main)
    said = [one.getMessage() for one in caplog.records if one.name.startswith(("kiosk", "hallkit"))]
    assert not [text for text in said if any(mark in text for mark in MARKS)]


class PowerCutError(Exception):
    """The kiosk has no power from here on."""


def cut(rig: KioskRig, name: str, moment: str) -> Callable[[], bool]:
    """Let the power fail before or after one commit of the kiosk's store; return whether it did."""
    store = rig.kiosk.store
    original, done = getattr(store, name), []

    def instead(*values: object) -> object:
        result = original(*values) if moment == "after" else None
        if not done:
            done.append(result)
            rig.cut_power()
            raise PowerCutError
        return result

    setattr(store, name, instead)
    return lambda: bool(done)


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize("commit", ["begin", "answered"])
def test_a_power_cut_while_it_is_handed_in_leaves_one_case_or_none_and_the_second_try_finds_it(commit, moment):
    async def main(rig: KioskRig) -> None:
        was_cut = cut(rig, commit, moment)
        with pytest.raises(LostError):
            await rig.citizen().apply(LETTERS, ITEM, resident(NAME))
        assert was_cut()
        await rig.kill("kiosk")
        first = [case.number for case in await rig.cases()]
        assert len(first) == (1 if commit == "answered" else 0)
        rig.hardware.readers[KIOSK].lift()
        await rig.start("kiosk")
        await rig.citizen().apply(LETTERS, ITEM, resident(NAME))
        issued = rig.kiosk.session.issued
        assert issued is not None
        found = [case.number for case in await rig.cases()]
        assert len(found) == 1
        assert issued.notice.case == found[0]
        if first:
            assert found == first
            assert issued.repeated

    kiosk_night(main)


def means_something(state: State, action: str) -> bool:
    return action == PAD_TARGET or Event(action.partition(":")[0]) in TABLE[state]


def test_two_thousand_random_touches_cards_and_codes_never_break_the_program_and_it_always_comes_home(caplog):
    async def main(rig: KioskRig) -> None:
        chance, app = random.Random(24), rig.kiosk
        reader, scanner = rig.hardware.readers[KIOSK], rig.hardware.scanners[KIOSK]
        app.display.paint = lambda session, world, now, left, since: app.display.lay_out(session, world, now, left)
        seen, dead = set(), set()
        for _ in range(2_000):
            seen.add(app.session.state)
            draw = chance.random()
            offered = [one for one in app.targets() if one not in ("leave", "confirm")] or ["start"]
            dead |= {(app.session.state, one) for one in app.targets() if not means_something(app.session.state, one)}
            if draw < 0.9:
                app.press(chance.choice(offered) if "pad" not in offered else "next")
            elif draw < 0.94:
                reader.lay_on(resident(NAME))
            elif draw < 0.97:
                reader.lift()
            else:
                scanner.show(chance.choice(["eid1.x.y", "http://127.0.0.1/p/nothing", "\u4e2d"]))
            await rig.clock.sleep(chance.choice([0.05, 0.3, 2.0]))
        reader.lift()
        await rig.clock.sleep(700)
        assert app.session.is_fresh
        assert dead == set(), "every target of a screen is an event its state knows"
        assert seen >= {State.FORM, State.GUIDE, State.IDENTIFY, State.HELP}

    with caplog.at_level(logging.ERROR):
        kiosk_night(main)
    assert [one.getMessage() for one in caplog.records if "the kiosk failed" in one.getMessage()] == []
