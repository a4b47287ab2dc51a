"""A board that is updated: two slots, a release on trial for three starts, back by itself if it does not prove itself.

`breaks` is what goes wrong with it, by version; `advance` lets its time pass. Nothing of it does I/O.
"""

from dataclasses import dataclass, field
from enum import StrEnum

TRIAL_BOOTS = 3
DOWNLOAD_SECONDS, START_SECONDS, GATE_SECONDS = 40, 5, 300


class Trouble(StrEnum):
    """What may happen to a board with a release."""

    NONE = "none"
    GATE_FAILS = "gate fails"
    CRASHES = "crashes at every start"
    CUT_IN_DOWNLOAD = "power cut while it downloads"
    CUT_IN_TRIAL = "power cut while it is on trial"


@dataclass(slots=True)
class UpdatingPad:
    """The board: `slots` holds the version in each folder, None for one that is not whole."""

    name: str
    slots: list[str | None] = field(default_factory=lambda: ["0.1.0", None])
    active: int = 0
    on_trial: bool = False
    boots: int = 0
    breaks: dict[str, Trouble] = field(default_factory=dict)
    cuts: int = 0
    _wanted: str = ""
    _left: float = 0.0
    _had_trouble: set[Trouble] = field(default_factory=set)

    @property
    def version(self) -> str | None:
        """The version that runs; None: the board is lost, it has nothing whole to run."""
        return self.slots[self.active]

    @property
    def is_busy(self) -> bool:
        """Whether an update is under way."""
        return bool(self._wanted)

    def begin(self, version: str) -> None:
        """Start to bring a release into the spare slot."""
        self.slots[1 - self.active] = None
        self._wanted, self._left = version, DOWNLOAD_SECONDS

    def advance(self, seconds: float) -> str:
        """Let time pass; return how an update ended: "kept", "returned", or an empty text while nothing did."""
        if not self._wanted:
            return ""
        self._left -= seconds
        if self._left > 0:
            return ""
        return self._prove() if self.on_trial else self._arrive()

    def cut_power(self) -> None:
        """Take its power away and give it back: the start code chooses the slot."""
        self.cuts += 1
        if not self.on_trial:
            self._left = DOWNLOAD_SECONDS
            return
        self._start()

    def _arrive(self) -> str:
        """Put the release on trial, once it is there whole."""
        if self._meets(Trouble.CUT_IN_DOWNLOAD):
            self.cut_power()
            return ""
        self.slots[1 - self.active] = self._wanted
        self.active, self.on_trial, self.boots = 1 - self.active, True, 0
        self._start()
        if self._trouble() is Trouble.CRASHES:
            while self.on_trial:
                self._start()
        return self._end() if not self.on_trial else ""

    def _start(self) -> None:
        """Count a start; a release that used its starts is left."""
        if self.boots >= TRIAL_BOOTS:
            self.active, self.on_trial = 1 - self.active, False
            return
        self.boots += 1
        self._left = START_SECONDS + (GATE_SECONDS if self._trouble() is Trouble.GATE_FAILS else 0)

    def _prove(self) -> str:
        if self._meets(Trouble.CUT_IN_TRIAL):
            self.cut_power()
            return ""
        if self._trouble() is Trouble.GATE_FAILS:
            self.active = 1 - self.active
        self.on_trial = False
        return self._end()

    def _end(self) -> str:
        ended = "kept" if self.version == self._wanted else "returned"
        self._wanted = ""
        return ended

    def _trouble(self) -> Trouble:
        return self.breaks.get(self._wanted, Trouble.NONE)

    def _meets(self, trouble: Trouble) -> bool:
        """Return whether this trouble happens now; it does once."""
        if self._trouble() is not trouble or trouble in self._had_trouble:
            return False
        self._had_trouble.add(trouble)
        return True
