"""The voices put together from a hall's file: one loudspeaker line for every voice device, in one program."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from hallkit.errors import ConfigError
from hallkit.inventory.schema import DeviceEntry, Hall
from hallkit.inventory.start import Start
from hallkit.runtime.config import field, parse
from hallkit.runtime.supervise import run_jobs
from hallkit.runtime.writer import InlineWriter
from queue_caller.app.voice import VoiceApp
from queue_caller.config import ENGINE
from queue_caller.drivers.speaker import open_speaker
from queue_caller.drivers.synthesizer import open_synthesizer


@dataclass(frozen=True, slots=True, kw_only=True)
class VoiceTable:
    """[voice]"""

    synthesizer: str = field("espeak, espeak:COMMAND, loader or silent", default="espeak")


def voices(start: Start) -> Callable[[], Awaitable[None]]:
    """Return every voice of the hall, ready to run."""
    apps = [(entry.name, voice(start, entry).run) for entry in start.hall.of_kind("voice")]

    async def run() -> None:
        await run_jobs(apps)

    return run


def voice(start: Start, entry: DeviceEntry) -> VoiceApp:
    """Return one voice: it speaks the calls of its zone, or of every zone if it has none."""
    zones = (entry.zone,) if entry.zone else tuple(zone.id for zone in start.hall.zones)
    return VoiceApp(
        start.hall.address(entry.name), start.password(entry.name), zones=zones, links=start.links,
        clock=start.clock, chance=start.chance, database=start.database(entry.name),
        speaker=open_speaker(entry.url or "null", start.clock),
        synthesizer=open_synthesizer(voice_table(start.hall).synthesizer), engine=ENGINE,
        cache=start.path("speech"), writer=InlineWriter(),
    )  # fmt: skip


def voice_table(hall: Hall) -> VoiceTable:
    """Return [voice]; raise ConfigError naming every fault."""
    try:
        return parse(hall.voice, VoiceTable)
    except ConfigError as error:
        raise ConfigError("\n".join(f"voice.{line}" for line in str(error).splitlines())) from error
