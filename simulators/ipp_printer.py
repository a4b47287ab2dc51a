"""An A4 printer that speaks IPP: what it was given is kept, its faults are fields.

`python -m simulators ipp_printer --listen tcp://127.0.0.1:8631 --setup paper_out`
"""

import asyncio
from dataclasses import dataclass, field

from hallkit.errors import StreamClosedError
from hallkit.transports.stream import ByteStream
from kiosk.wire.http_message import HttpDecoder, HttpError, HttpMessage, encode_answer
from kiosk.wire.ipp import VERSION, Attribute, Group, GroupTag, IppError, Message, Operation, Tag, decode, encode

LARGEST = 64 << 20
OK, BAD, NOT_FOUND, FORMAT, UNSUPPORTED, BUSY = 0x0000, 0x0400, 0x0406, 0x040A, 0x0501, 0x0507
PENDING, HELD, PROCESSING, STOPPED_JOB, CANCELLED, COMPLETED = 3, 4, 5, 6, 7, 9
IDLE, WORKING, STOPPED = 3, 4, 5
FORMATS = ("application/pdf", "image/jpeg", "application/octet-stream")
WARNINGS = ("toner-low", "media-low")

NO_VALUE = 0x13
URI = "ipp://localhost/ipp/print"
CONSTANT = (
    Attribute("printer-name", Tag.NAME, ("demonstration",)),
    Attribute("printer-info", Tag.TEXT, ("demonstration",)),
    Attribute("printer-location", Tag.TEXT, ("hall",)),
    Attribute("printer-make-and-model", Tag.TEXT, ("hall24 simulator",)),
    Attribute("printer-more-info", Tag.URI, (URI,)),
    Attribute("printer-uri-supported", Tag.URI, (URI,)),
    Attribute("uri-authentication-supported", Tag.KEYWORD, ("none",)),
    Attribute("uri-security-supported", Tag.KEYWORD, ("none",)),
    Attribute("ipp-versions-supported", Tag.KEYWORD, ("1.1", "2.0")),
    Attribute("operations-supported", Tag.ENUM, tuple(Operation)),
    Attribute("charset-configured", Tag.CHARSET, ("utf-8",)),
    Attribute("charset-supported", Tag.CHARSET, ("utf-8",)),
    Attribute("natural-language-configured", Tag.LANGUAGE, ("en",)),
    Attribute("generated-natural-language-supported", Tag.LANGUAGE, ("en",)),
    Attribute("compression-supported", Tag.KEYWORD, ("none",)),
    Attribute("document-format-default", Tag.MIME, FORMATS[:1]),
    Attribute("document-format-supported", Tag.MIME, FORMATS),
    Attribute("pdl-override-supported", Tag.KEYWORD, ("not-attempted",)),
    Attribute("queued-job-count", Tag.INTEGER, (0,)),
    Attribute("media-col-default", NO_VALUE, (b"",)),
)
"""What a printer of RFC 8011 always tells."""


@dataclass(slots=True)
class SimulatedJob:
    """One job: what was sent, how far it is, sheets printed."""

    number: int
    name: str
    document: bytes = field(repr=False)
    state: int = PENDING
    sheets: int = 0
    left: float = 0.0


@dataclass(slots=True)
class SimulatedIppPrinter:
    """The printer itself; change its fields while it is in use.

    `paper` sheets (None: endless), `reasons` its printer-state-reasons beside media-empty, `holds` jobs back, `refuses`
    every job, `silent`, `garbled`, `drops_answers` takes this many coming jobs and hangs up without a word.
    """

    paper: int | None = None
    reasons: tuple[str, ...] = ()
    holds: bool = False
    refuses: bool = False
    silent: bool = False
    garbled: bool = False
    drops_answers: int = 0
    seconds_per_sheet: float = 3.0
    jobs: list[SimulatedJob] = field(default_factory=list)
    _at: float = 0.0

    @property
    def state_reasons(self) -> tuple[str, ...]:
        """Return what it says of itself."""
        empty = ("media-empty-error",) if self.paper == 0 else ()
        return (*empty, *self.reasons) or ("none",)

    @property
    def is_stopped(self) -> bool:
        """Say whether nothing can be printed."""
        return any(not reason.startswith((*WARNINGS, "none")) for reason in self.state_reasons)

    def run_to(self, now: float) -> None:
        """Let the time pass up to `now`, in seconds: sheets come out."""
        elapsed, self._at = now - self._at, now
        for job in self.jobs:
            if job.state in (PENDING, PROCESSING, STOPPED_JOB):
                elapsed = self._work(job, elapsed)

    def _work(self, job: SimulatedJob, seconds: float) -> float:
        if self.is_stopped or seconds <= 0:
            job.state = STOPPED_JOB if self.is_stopped and job.state == PROCESSING else job.state
            return 0.0
        job.state = PROCESSING
        if job.left > seconds:
            job.left -= seconds
            return 0.0
        seconds -= job.left
        job.left = 0.0
        job.sheets, job.state = 1, COMPLETED
        if self.paper is not None:
            self.paper -= 1
        return seconds

    def answer(self, asked: Message) -> Message | None:
        """Return the answer to a request; None if the printer hangs up."""
        groups: tuple[Group, ...] = ()
        code = OK
        match asked.code:
            case Operation.GET_PRINTER_ATTRIBUTES:
                groups = (self._printer(),)
            case Operation.PRINT_JOB | Operation.VALIDATE_JOB:
                code, groups = self._print(asked)
                if self.drops_answers and code == OK:
                    self.drops_answers -= 1
                    return None
            case Operation.GET_JOBS:
                groups = self._list(asked)
            case Operation.GET_JOB_ATTRIBUTES | Operation.CANCEL_JOB:
                code, groups = self._job(asked)
            case _:
                code = UNSUPPORTED
        return Message(code, asked.request_id, (_operation(), *groups), version=min(asked.version, VERSION))

    def _printer(self) -> Group:
        busy = any(job.state == PROCESSING for job in self.jobs)
        state = STOPPED if self.is_stopped else WORKING if busy else IDLE
        return Group(
            GroupTag.PRINTER,
            (
                Attribute("printer-state", Tag.ENUM, (state,)),
                Attribute("printer-state-reasons", Tag.KEYWORD, self.state_reasons),
                Attribute("printer-is-accepting-jobs", Tag.BOOLEAN, (not self.refuses,)),
                Attribute("printer-up-time", Tag.INTEGER, (int(self._at) + 1,)),
                *CONSTANT,
            ),
        )

    def _print(self, asked: Message) -> tuple[int, tuple[Group, ...]]:
        about = asked.group(GroupTag.OPERATION)
        if self.refuses:
            return BUSY, ()
        if any(kind not in FORMATS for kind in about.words("document-format")):
            return FORMAT, ()
        if asked.code == Operation.VALIDATE_JOB:
            return OK, ()
        name = next(iter(about.words("job-name")), "untitled")
        job = SimulatedJob(len(self.jobs) + 1, name, asked.data, HELD if self.holds else PENDING)
        job.left = self.seconds_per_sheet
        self.jobs.append(job)
        return OK, (_job_group(job),)

    def _list(self, asked: Message) -> tuple[Group, ...]:
        completed = "completed" in asked.group(GroupTag.OPERATION).words("which-jobs")
        return tuple(_job_group(job) for job in self.jobs if (job.state in (CANCELLED, COMPLETED)) is completed)

    def _job(self, asked: Message) -> tuple[int, tuple[Group, ...]]:
        number = asked.group(GroupTag.OPERATION).number("job-id") or 0
        if not 1 <= number <= len(self.jobs):
            return NOT_FOUND, ()
        job = self.jobs[number - 1]
        if asked.code == Operation.CANCEL_JOB:
            job.state = job.state if job.state == COMPLETED else CANCELLED
            return OK, ()
        return OK, (_job_group(job),)


def _operation() -> Group:
    charset = Attribute("attributes-charset", Tag.CHARSET, ("utf-8",))
    language = Attribute("attributes-natural-language", Tag.LANGUAGE, ("en",))
    return Group(GroupTag.OPERATION, (charset, language))


def _job_group(job: SimulatedJob) -> Group:
    return Group(
        GroupTag.JOB,
        (
            Attribute("job-id", Tag.INTEGER, (job.number,)),
            Attribute("job-uri", Tag.URI, (f"ipp://localhost/jobs/{job.number}",)),
            Attribute("job-name", Tag.NAME, (job.name,)),
            Attribute("job-state", Tag.ENUM, (job.state,)),
            Attribute("job-state-reasons", Tag.KEYWORD, ("none",)),
            Attribute("job-impressions-completed", Tag.INTEGER, (job.sheets,)),
        ),
    )


async def serve(device: SimulatedIppPrinter, stream: ByteStream) -> None:
    """Be `device` on `stream` until the far end is gone."""
    decoder = HttpDecoder(LARGEST)
    invited = False
    while data := await stream.read():
        try:
            asked = decoder.feed(data)
            if asked is None and decoder.expects_continue and not invited:
                invited = True
                await stream.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            while asked is not None and not device.silent:
                invited = False
                said = _say(device, asked)
                if not said:
                    return
                await stream.write(said)
                asked = decoder.feed(b"")
        except HttpError:
            await stream.write(encode_answer(b"", "400 Bad Request"))
            return
        except StreamClosedError:
            return


def _say(device: SimulatedIppPrinter, asked: HttpMessage) -> bytes:
    device.run_to(asyncio.get_running_loop().time())
    if device.garbled:
        return encode_answer(b"<html>")
    try:
        answer = device.answer(decode(asked.body))
    except IppError:
        return encode_answer(b"", "400 Bad Request")
    return b"" if answer is None else encode_answer(encode(answer))


SETUPS: dict[str, dict[str, object]] = {
    "normal": {},
    "paper_out": {"paper": 0},
    "last_sheet": {"paper": 1},
    "jam": {"reasons": ("media-jam-error",)},
    "toner_out": {"reasons": ("toner-empty-error",)},
    "toner_low": {"reasons": ("toner-low-warning",)},
    "cover_open": {"reasons": ("cover-open-error",)},
    "offline": {"reasons": ("offline",)},
    "paused": {"reasons": ("paused",)},
    "broken": {"reasons": ("fuser-over-temp-error",)},
    "holding": {"holds": True},
    "refusing": {"refuses": True},
    "silent": {"silent": True},
    "garbled": {"garbled": True},
    "dropping": {"drops_answers": 1},
}
"""Named starting points."""


def build(setup: str = "normal") -> SimulatedIppPrinter:
    """Return a printer in the named condition; KeyError names the ones there are."""
    if setup not in SETUPS:
        raise KeyError(f"no set-up {setup!r}; there are {', '.join(SETUPS)}")
    device = SimulatedIppPrinter()
    for name, value in SETUPS[setup].items():
        setattr(device, name, value)
    return device
