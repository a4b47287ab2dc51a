"""What goes wrong with panels that answer, as fields that may change while they run."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field

from display_controller.wire.bx_k import BxError
from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream


@dataclass
class PanelFaults:
    """Faults of an Onbon card.

    `silent`: hears nothing; `busy`: so many requests get NACK busy; `refuses`: every request gets this error;
    `garbled`: so many answers have a broken checksum; `drop_every`: every n-th request is lost;
    `slow`: seconds before it answers; `powered` false: dark and deaf.
    """

    silent: bool = False
    busy: int = 0
    refuses: BxError = BxError.NONE
    garbled: int = 0
    drop_every: int = 0
    slow: float = 0.0
    powered: bool = True
    _heard: int = field(default=0, repr=False)

    def hears(self) -> bool:
        """Tell whether the card hears the next request."""
        self._heard += 1
        dropped = self.drop_every > 0 and self._heard % self.drop_every == 0
        return self.powered and not self.silent and not dropped

    def refusal(self) -> BxError:
        """Return why the card refuses the next request, or NONE."""
        if self.busy > 0:
            self.busy -= 1
            return BxError.BUSY
        return self.refuses

    def spoil(self, frame: bytes) -> list[bytes]:
        """Return what of an answer reaches the line."""
        if self.garbled > 0:
            self.garbled -= 1
            return [frame[:-3] + bytes([frame[-3] ^ 0x40]) + frame[-2:]]
        return [frame]


async def answer_stream(
    receive: Callable[[bytes, float], list[bytes]], faults: PanelFaults, stream: ByteStream
) -> None:
    """Carry bytes between `stream` and a card until the stream ends."""
    loop = asyncio.get_running_loop()
    try:
        while data := await stream.read():
            for reply in receive(data, loop.time()):
                if faults.slow:
                    await asyncio.sleep(faults.slow)
                await stream.write(reply)
    except StreamClosedError:
        return


FAULTS: dict[str, dict[str, object]] = {
    "normal": {},
    "silent": {"silent": True},
    "busy": {"busy": 3},
    "refusing": {"refuses": BxError.SCREEN_PARAMETERS},
    "garbled": {"garbled": 2},
    "lossy": {"drop_every": 3},
    "slow": {"slow": 0.4},
    "dark": {"powered": False},
}
"""Named starting points, as fields of PanelFaults."""


def faults_of(setup: str) -> PanelFaults:
    """Return the faults of a named set-up; KeyError for an unknown name."""
    faults = PanelFaults()
    for name, value in FAULTS[setup].items():
        setattr(faults, name, value)
    return faults
