"""A centre with its cases on a file of SQLite, an uplink that relays, and as many kiosks as wanted, in one process."""

import asyncio
import random
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from pathlib import Path

import msgspec

from contract import codec
from contract.body import Reply
from contract.case_requests import SubmitApplication
from contract.cases import SERVICE, Answer, Applicant, CaseChannel, GivenMaterial
from contract.topics import Channel, address
from contract.uplink import RelayedReply, RelayedRequest
from hallkit.runtime.clock import SystemClock
from hallkit.runtime.device import Device
from hallkit.runtime.link import LinkMessage
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.writer import ThreadWriter
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.cases import plan as plans
from intake_server.core.names import HallNames, Name
from simulators.id_cards import synthetic_number

HALL = "bench"
UPLINK = address(HALL, "uplink", "uplink")
TEXTS = {"number": "40", "phone": "10000000001", "text": "样本"}
PATIENCE = 60.0
BORN = date(1984, 2, 29)


class CaseRig:
    """One centre under measurement."""

    def __init__(self, folder: Path, kiosks: int) -> None:
        self._broker, self.clock, self.writer = MemoryBroker(), SystemClock(), ThreadWriter("bench")
        names = HallNames(Name("示例市为民服务中心", "Sample hall"), is_demo=True)
        config = IntakeConfig(database=f"sqlite:///{folder / 'intake.db'}", web=False, lookups_a_minute=6000)
        self.app = App(
            config, HALL, names, links=self._broker.links(), password="", clock=self.clock, chance=random.Random(1),
            writer=self.writer,
        )  # fmt: skip
        hear = {f"h24/v1/{HALL}/kiosk/+/req": self._relay, UPLINK.topic(Channel.REPLY): self._hand_back}
        self._up: list[asyncio.Event] = []
        self.uplink = Device(
            UPLINK, "", links=self._broker.links(), clock=self.clock, chance=random.Random(2), hear=hear
        )
        self.kiosks = [self._kiosk(number) for number in range(1, kiosks + 1)]

    def _kiosk(self, number: int) -> Device:
        place = address(HALL, "kiosk", f"kiosk-{number}")
        links, chance = self._broker.links(), random.Random(100 + number)
        return Device(place, "", links=links, clock=self.clock, chance=chance)

    def _relay(self, message: LinkMessage) -> None:
        envelope = codec.decode(message.payload)
        body = RelayedRequest(topic=message.topic, message=msgspec.Raw(message.payload))
        data = self.uplink.postmark.stamp(body, key=envelope.key, service=envelope.service)
        self.uplink.link.publish(UPLINK.topic(Channel.REQUEST), data)

    def _hand_back(self, message: LinkMessage) -> None:
        reply = codec.body_of(codec.decode(message.payload), RelayedReply)
        self.uplink.link.publish(reply.topic, bytes(reply.message))

    def application(self, person: int, item: str = "shop-sign") -> SubmitApplication:
        """Return a complete application of one of many people."""
        assert self.app.cases is not None
        office, today = self.app.cases.office, self.clock.now().date()
        plan = plans.of_items(office.catalogue, [item], {"by-agent": "no"}, today)
        identity = synthetic_number(BORN, person)
        texts = {**TEXTS, "identity": identity}
        given = [GivenMaterial(code=one.code, way=one.ways[0], pages=1) for one in plan.materials]
        answers = [
            Answer(code=one.code, value=one.options[0].code if one.options else texts.get(one.kind.value, ""))
            for one in plan.fields
        ]
        return SubmitApplication(
            applicant=Applicant(name="演示人", identity=identity), channel=CaseChannel.KIOSK, items=(item,),
            situation=tuple(Answer(code=one.code, value="no") for one in plan.questions), answers=tuple(answers),
            materials=tuple(given),
        )  # fmt: skip

    async def submit(self, kiosk: Device, person: int) -> Reply:
        """Hand one application in at a kiosk."""
        return await kiosk.ask(SERVICE, self.application(person), patience=PATIENCE)

    async def up(self) -> None:
        """Return once everybody is on the link."""
        for device in (self.app.device, self.uplink, *self.kiosks):
            while not device.link.is_up:  # noqa: ASYNC110 (nobody else owns a hundred `on_link`)
                await asyncio.sleep(0.01)


@asynccontextmanager
async def case_rig(kiosks: int) -> AsyncIterator[CaseRig]:
    """Give a centre at work with so many kiosks; its file is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="hall24-bench-") as folder:
        rig = CaseRig(Path(folder), kiosks)
        runs = (rig.app.run, rig.uplink.run, *(kiosk.run for kiosk in rig.kiosks))
        tasks = [asyncio.ensure_future(run()) for run in runs]
        try:
            async with asyncio.timeout(PATIENCE):
                await rig.up()
            yield rig
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            rig.writer.close()
