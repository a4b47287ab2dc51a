"""Halls to start from: the windows, queues and devices of a county hall, as the TOML file an operator would edit."""

from collections.abc import Iterator
from dataclasses import dataclass

ALWAYS = ("00:00", "00:00")
KIOSK_PORTS = 37
"""Where the ports of the kiosks' A4 printers and power supplies begin, after those of the panels."""
OFFICE = ("08:30", "17:00")


@dataclass(frozen=True, slots=True)
class Queue:
    """One queue of a preset: its letter is its id, ticket prefix and colour."""

    letter: str
    zone: str
    name: str
    name_en: str
    note: str
    note_en: str
    mean_minutes: float
    cv: float
    windows: int
    slots: int = 0


ZONES = (
    ("A", "综合服务区", "General services"),
    ("H", "不动产登记区", "Real estate"),
    ("C", "公安服务区", "Public security"),
    ("K", "税务服务区", "Taxes"),
)
QUEUES = (
    Queue("A", "A", "综合一窗", "General services", "社保、营业执照、食品经营许可",
          "Social security, business and food licences", 13, 0.7, 8, 4),
    Queue("E", "A", "统一出件", "Collect results", "领证、领批文、领执照", "Collect licences and documents", 3, 0.5, 2),
    Queue("M", "A", "帮办代办", "Assistance", "不会办、办不了，有人帮", "A person who helps you apply", 20, 0.8, 1),
    Queue("Y", "A", "找茬窗口", "Complaints", "没办成的事、意见和建议", "Unsolved matters, complaints", 10, 0.8, 1),
    Queue("H", "H", "不动产登记", "Real estate", "过户、抵押、查询", "Transfer, mortgage, records", 18, 0.6, 6, 3),
    Queue("C", "C", "公安综合", "Public security", "身份证、居住证、出入境", "ID cards and passports", 9, 0.7, 4, 2),
    Queue("K", "K", "税务服务", "Taxes", "开票、申报、社保缴费", "Invoices, returns, contributions", 9, 0.8, 4, 2),
)  # fmt: skip


def county_hall(
    *,
    name: str = "demo",
    port: int = 1883,
    run: str = "run",
    hours: tuple[str, str] = OFFICE,
    panels: int = 24_000,
    kiosks: int = 0,
) -> str:
    """Return the TOML of a county hall: 26 windows in three zones and a comprehensive one, more than 60 devices."""
    lines = [
        *_head(name, port, run),
        *_zones(),
        *_queues(hours),
        *_windows(),
        *_machines(run, panels),
        *_window_devices(run, panels),
        *_kiosks(kiosks, run, panels + KIOSK_PORTS),
    ]
    return "\n".join(lines) + "\n"


def one_window(
    *,
    name: str = "demo",
    port: int = 1883,
    run: str = "run",
    hours: tuple[str, str] = ALWAYS,
    panels: int = 24_000,
    kiosks: int = 0,
) -> str:
    """Return the TOML of the smallest whole hall: one of each device, one window."""
    zone = list(_zones())[:4]
    queue = list(_queues(hours))[:15]
    window = ["[[windows]]", "number = 1", 'zone = "A"', 'services = ["A"]', ""]
    machines = _machines(run, panels, ticket_machines=1, zones=("A",), halls=(("hall-1", "A"),), sensors=())
    return (
        "\n".join(
            [
                *_head(name, port, run),
                *zone,
                *queue,
                *window,
                *machines,
                *_devices_of(1, "A", run, panels),
                *_kiosks(kiosks, run, panels + KIOSK_PORTS),
            ]
        )
        + "\n"
    )


def _head(name: str, port: int, run: str) -> Iterator[str]:
    yield "[hall]"
    yield f'name = "{name}"'
    yield 'title = "示例市为民服务中心"'
    yield 'title_en = "Example City Service Centre"'
    yield 'place = "一层大厅"'
    yield 'helpline = "000-12345"'
    yield "demo = true"
    yield f'run = "{run}"'
    yield ""
    yield "[broker]"
    yield f"port = {port}"
    yield ""


def _zones() -> Iterator[str]:
    for letter, name, name_en in ZONES:
        yield from ("[[zones]]", f'id = "{letter}"', f'name = "{name}"', f'name_en = "{name_en}"', "")


def _queues(hours: tuple[str, str]) -> Iterator[str]:
    for queue in QUEUES:
        yield "[[services]]"
        yield f'id = "{queue.letter}"'
        yield f'zone = "{queue.zone}"'
        yield f'prefix = "{queue.letter}"'
        yield f'name = "{queue.name}"'
        yield f'name_en = "{queue.name_en}"'
        yield f'note = "{queue.note}"'
        yield f'note_en = "{queue.note_en}"'
        yield f"mean_minutes = {queue.mean_minutes}"
        yield f"cv = {queue.cv}"
        yield f'opens = "{hours[0]}"'
        yield f'closes = "{hours[1]}"'
        yield f"slot_capacity = {queue.slots}"
        yield "overflow_above = 10"
        yield ""


def places() -> list[tuple[int, Queue]]:
    """Return every window number of the county hall with the queue it serves first."""
    served = [queue for queue in QUEUES for _ in range(queue.windows)]
    return list(enumerate(served, 1))


def _windows() -> Iterator[str]:
    for number, queue in places():
        helps = '["H"]' if queue.letter == "A" and number <= 2 else "[]"
        yield "[[windows]]"
        yield f"number = {number}"
        yield f'zone = "{queue.zone}"'
        yield f'services = ["{queue.letter}"]'
        yield f"overflow = {helps}"
        yield ""


def _machines(
    run: str,
    panels: int,
    ticket_machines: int = 3,
    zones: tuple[str, ...] = ("A", "H", "C", "K"),
    halls: tuple[tuple[str, str], ...] = (("hall-1", "A"), ("hall-2", "H")),
    sensors: tuple[str, ...] = ("door-1", "presence-1"),
) -> Iterator[str]:
    for number in range(1, ticket_machines + 1):
        yield from _device("ticket-machine", f"ticket-{number}", printer=f"pty:{run}/dev/printer-{number}",
                           reader=f"pty:{run}/dev/reader-{number}?baud=115200")  # fmt: skip
    yield from _device("display-controller", "displays-1")
    for place, (name, zone) in enumerate(halls):
        yield from _device(
            "hall-display", name, zone=zone, gateway="displays-1", protocol="ddp", width=320, height=128,
            url=f"udp://127.0.0.1:{panels + place}",
        )  # fmt: skip
    for zone in zones:
        yield from _device("voice", f"voice-{zone.lower()}", zone=zone, url=f"wav:{run}/voice-{zone.lower()}.wav")
    yield from _device("bridge", "bridge-1", url=f"pty:{run}/dev/pads?baud=38400")
    for place, name in enumerate(sensors, 1):
        yield from _device("sensor", name, gateway="bridge-1", address=place, url=f"pty:{run}/dev/modbus?baud=9600")
    yield from _device("clerk-desk", "desk-01", zone="A", window=1)
    yield from _device("manager-desk", "manager-1")


def _kiosks(count: int, run: str, ports: int) -> Iterator[str]:
    for number in range(1, count + 1):
        two = ports + 2 * (number - 1)
        yield from _device(
            "kiosk", f"kiosk-{number}", printer=f"pty:{run}/dev/kiosk-printer-{number}",
            reader=f"pty:{run}/dev/kiosk-reader-{number}?baud=115200", scanner=f"pty:{run}/dev/kiosk-scanner-{number}",
            camera=f"folder:{run}/dev/kiosk-sheets-{number}", sheets=f"ipp://127.0.0.1:{two}/ipp/print",
            power=f"tcp://127.0.0.1:{two + 1}",
        )  # fmt: skip


def _window_devices(run: str, panels: int) -> Iterator[str]:
    for number, queue in places():
        yield from _devices_of(number, queue.zone, run, panels)


def _devices_of(number: int, zone: str, run: str, panels: int) -> Iterator[str]:
    two = f"{number:02d}"
    yield from _device("rating-pad", f"pad-{two}", zone=zone, window=number)
    yield from _device("call-pad", f"caller-{two}", zone=zone, window=number, gateway="bridge-1", address=number)
    protocol, port = [("ddp", "udp://127.0.0.1:{}"), ("bx-5e", "tcp://127.0.0.1:{}"), ("bx-k", "tcp://127.0.0.1:{}")][
        0 if number % 13 else (1 if number == 13 else 2)
    ]
    yield from _device(
        "window-display", f"display-{two}", zone=zone, window=number, gateway="displays-1", protocol=protocol,
        width=192, height=32, url=port.format(panels + 10 + number),
    )  # fmt: skip


def _device(kind: str, name: str, **settings: str | int) -> Iterator[str]:
    yield "[[devices]]"
    yield f'kind = "{kind}"'
    yield f'name = "{name}"'
    for key, value in settings.items():
        yield f"{key} = {value}" if isinstance(value, int) else f'{key} = "{value}"'
    yield ""
