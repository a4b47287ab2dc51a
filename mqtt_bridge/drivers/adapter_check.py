"""Whether the USB serial adapters hand bytes on fast enough for a polled line (Linux usb-serial `latency_timer`)."""

from dataclasses import dataclass
from pathlib import Path

ADAPTERS = Path("/sys/bus/usb-serial/devices")
GOOD_MILLISECONDS = 1


@dataclass(frozen=True, slots=True)
class AdapterFinding:
    """One adapter, its latency timer in milliseconds (None: none to set, or unreadable), and the advice."""

    port: str
    milliseconds: int | None
    is_good: bool
    advice: str


def check_adapters(adapters: Path = ADAPTERS) -> tuple[AdapterFinding, ...]:
    """Return a finding for every USB serial adapter, by port name; none where no adapter is plugged in."""
    if not adapters.is_dir():
        return ()
    return tuple(_check(device) for device in sorted(adapters.iterdir()))


def _check(device: Path) -> AdapterFinding:
    timer = device / "latency_timer"
    if not timer.exists():
        return AdapterFinding(device.name, None, True, "this adapter hands bytes on at once")
    try:
        milliseconds = int(timer.read_text(encoding="ascii"))
    except (OSError, ValueError) as error:
        return AdapterFinding(device.name, None, False, f"cannot read {timer}: {error}; unplug the adapter and retry")
    if milliseconds <= GOOD_MILLISECONDS:
        return AdapterFinding(device.name, milliseconds, True, "well set")
    return AdapterFinding(device.name, milliseconds, False, _advice(device.name, timer, milliseconds))


def _advice(port: str, timer: Path, milliseconds: int) -> str:
    return (
        f"{port} keeps every answer back for up to {milliseconds} ms, so 26 call pads answer a key in "
        f"{26 * (milliseconds + 3) / 1000:.1f} s instead of 0.15 s; set it now with "
        f"'echo {GOOD_MILLISECONDS} | sudo tee {timer}' and for good with the udev rule "
        f'\'ACTION=="add", SUBSYSTEM=="usb-serial", ATTR{{latency_timer}}="{GOOD_MILLISECONDS}"\''
    )
