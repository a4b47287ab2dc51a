"""A citizen at a kiosk in the night: only touches, a card and some paper, from the standby screen to the notice."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import zxingcpp
from PIL import Image

from contract.catalogue import FieldKind
from hall24.demo.walks import Walk
from hallkit.runtime.clock import Clock
from hallkit.touch.box import Box
from hallkit.touch.pointer import Phase, Touch
from hallkit.touch.screen import PictureScreen
from kiosk.app.kiosk import KioskApp
from kiosk.core.application import wanted
from kiosk.core.session import PAD_TARGET
from kiosk.core.table import State
from simulators.hall import Hardware
from simulators.id_cards import SimulatedCard

PATIENCE = 60.0
"""Seconds a citizen waits for a screen before giving up; real ones come in a fraction of it."""

GLANCE = 0.1
LOOK_EVERY = 0.05
PEN = ((0.10, 0.55), (0.22, 0.30), (0.30, 0.75), (0.42, 0.25), (0.50, 0.70), (0.62, 0.35), (0.75, 0.60), (0.88, 0.45))
"""Points of a signature in shares of the pad."""

TYPED = {FieldKind.PHONE: "13800000000", FieldKind.NUMBER: "48", FieldKind.DATE: "2026-10-01"}
WORD = "shifan"
"""What is typed into a field of text: pinyin, of which the first candidate is taken."""


class LostError(Exception):
    """The citizen found no way on; the message says where and what the screen offered."""


@dataclass(slots=True)
class NightCitizen:
    """Whoever stands before the kiosk; `seen` is every screen that was there, in order."""

    app: KioskApp
    screen: PictureScreen
    name: str
    hardware: Hardware
    clock: Clock
    seen: list[str] = field(default_factory=list)
    touches: int = 0
    glance: float = GLANCE
    """Seconds between two touches."""
    slips: int = 0
    """Slips that came out before this citizen."""
    later: tuple[str, ...] = ()
    """Materials that are promised for later instead of being laid under the camera."""
    modes: tuple[str, ...] = ()
    """Tools touched on the first screen."""
    answers: Mapping[str, str] = field(default_factory=dict)
    """Answers to situation questions; others are answered with what is offered first."""

    def begin(self) -> None:
        """Be the next citizen: nothing seen, nothing touched, no slip taken yet."""
        self.seen, self.touches, self.slips = [], 0, len(self.hardware.printers[self.name].jobs)

    async def walk(self, walk: Walk) -> None:
        """Go the whole way of a walk, from the standby screen to the notice."""
        self.later, self.modes, self.answers = walk.later, walk.modes, walk.answers
        await self.apply(walk.letters, walk.pick.removeprefix("item:"), walk.card)

    async def wait_for_the_catalogue(self) -> None:
        """Wait until the kiosk can be used: it has its catalogue, and its reader and printer answer."""
        await self._see(lambda: bool(self.app.world.entries) and not self.app.world.outages, "kiosk that is ready")

    async def apply(self, letters: str, item: str, card: SimulatedCard) -> None:
        """Apply for an item or `topic:CODE` found by the first letters of its name, and wait for the notice."""
        await self.until(State.ATTRACT)
        await self.tap("start")
        for tool in self.modes:
            await self.tap(tool)
        await self.tap("apply")
        await self.tap("search")
        for letter in letters:
            await self.tap(f"key:{letter}")
        await self.tap(f"pick:{item}" if ":" in item else f"pick:item:{item}")
        await self.until(State.GUIDE)
        await self.finish(card, State.DELIVER, State.PAY)
        if self.state is State.PAY:
            await self.tap("next")

    async def finish(self, card: SimulatedCard, *ends: State) -> None:
        """Go from an item's guide to the answer of the centre."""
        await self.tap("next")
        await self.tell_the_situation()
        self.hardware.readers[self.name].lay_on(card)
        await self.until(State.CONSENT)
        await self.tap("agree" if State.AWAY not in ends else "decline")
        await self.until(State.FORM)
        await self.hand_in(*ends)

    async def to_review(self) -> None:
        """Go from the form to the page that is read before it is handed in."""
        await self.fill_in()
        await self._bring()
        await self._sign()
        await self.until(State.REVIEW)

    async def hand_in(self, *ends: State) -> None:
        """Go from the form to the answer of the centre."""
        await self.to_review()
        await self.tap("submit")
        await self.until(*ends)

    async def leave(self, grade: int) -> None:
        """Rate, take the card, and go."""
        await self.tap("done")
        await self.tap(f"grade:{grade}")
        await self.tap("next" if "next" in self.app.targets() else "done")
        await self.until(State.CLEAR)
        self.hardware.readers[self.name].lift()
        await self.until(State.ATTRACT)

    async def notice(self, folder: Path, name: str = "notice.png") -> Path:
        """Return the picture of the notice that came out of the printer since this citizen began."""
        printer = self.hardware.printers[self.name]
        await self._see(lambda: len(printer.jobs) > self.slips, "a notice in the slot")
        path = folder / name
        printer.jobs[-1].image().save(path)
        return path

    @property
    def state(self) -> State:
        """Return the screen that is there."""
        return self.app.session.state

    async def until(self, *states: State) -> None:
        """Wait for a screen; LostError if another stays."""
        await self._see(lambda: self.state in states, " or ".join(states))

    async def tap(self, action: str) -> None:
        """Touch what the screen offers for an action, once it does."""
        await self._see(lambda: action in self.app.targets(), action)
        box = self.app.targets()[action]
        self.screen.tap(box.x + box.width // 2, box.y + box.height // 2)
        self.touches += 1
        await self.clock.sleep(self.glance)

    async def _see(self, holds: Callable[[], bool], what: str) -> None:
        until = self.clock.monotonic() + PATIENCE
        while not holds():
            if self.clock.monotonic() > until:
                raise LostError(f"no {what} on {self.state}: {sorted(self.app.targets())}")
            await self.clock.sleep(LOOK_EVERY)
        if not self.seen or self.seen[-1] != self.state:
            self.seen.append(self.state.value)

    async def tell_the_situation(self) -> None:
        """Answer each question as chosen, else with what is offered first."""
        await self.until(State.SITUATION, State.IDENTIFY)
        while self.state is State.SITUATION:
            asked = [one for one in self.app.targets() if one.startswith("answer:")]
            for question in dict.fromkeys(one.split(":")[1] for one in asked):
                first = next(one for one in asked if one.split(":")[1] == question)
                wish = self.answers.get(question)
                await self.tap(f"answer:{question}:{wish}" if wish else first)
                await self.until(State.SITUATION)
            if "next" in self.app.targets():
                await self.tap("next")
                await self.until(State.SITUATION, State.IDENTIFY)

    async def fill_in(self) -> None:
        """Answer what the form asks, and go on."""
        while self.state is State.FORM:
            form = self.app.session.form
            for asked in form.fields:
                if not asked.required or form.value(asked.code):
                    continue
                if f"field:{asked.code}" in self.app.targets():
                    await self._type(asked.code, TYPED.get(asked.kind, WORD))
                elif asked.options and f"choose:{asked.code}:{asked.options[0].code}" in self.app.targets():
                    await self.tap(f"choose:{asked.code}:{asked.options[0].code}")
            if self.app.session.form.faults:
                raise LostError(f"the form says {self.app.session.form.faults}")
            await self.tap("next")

    async def _type(self, code: str, text: str) -> None:
        await self.tap(f"field:{code}")
        for char in text:
            await self.tap(f"key:{char}")
        typing = self.app.session.typing
        if typing is not None and typing.composing:
            await self.tap("key:pick:0")
        await self.tap("next")

    async def _bring(self) -> None:
        """Lay the sheets under the camera, one after the other, and turn the pages of the list."""
        while self.state is State.MATERIALS:
            left = [one.code for one in wanted(self.app.session) if not one.is_given]
            if not left:
                await self.tap("next")
                continue
            here = next((one for one in left if f"material:{one}" in self.app.targets()), "")
            if not here:
                await self.tap("page:1")
                continue
            await self.tap(f"material:{here}")
            if here in self.later:
                await self.tap(f"later:{here}")
                continue
            await self.tap("shoot")
            await self._see(lambda: bool(self.app.session.material_of(self.app.session.material).pages), "a page")
            await self.tap("done")

    async def _sign(self) -> None:
        await self.until(State.SIGN)
        pad = self.app.targets()[PAD_TARGET]
        for place, share in enumerate(PEN):
            phase = Phase.DOWN if place == 0 else Phase.UP if place == len(PEN) - 1 else Phase.MOVE
            self.screen.send(Touch(phase, *_at(pad, share)))
            await self.clock.sleep(0.02)
        await self._see(lambda: bool(self.app.session.strokes), "a signature")
        await self.tap("next")


def link_on(picture: Path) -> str:
    """Return the address of the code on a notice, empty if it cannot be read."""
    with Image.open(picture) as image:
        codes = zxingcpp.read_barcodes(image.convert("L"))
    return codes[0].text if codes else ""


def path_of(link: str) -> str:
    """Return the path of an address."""
    return urlsplit(link).path


def _at(pad: Box, share: tuple[float, float]) -> tuple[int, int]:
    return pad.x + round(share[0] * pad.width), pad.y + round(share[1] * pad.height)
