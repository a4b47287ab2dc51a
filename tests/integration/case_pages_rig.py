"""The centre with its pages and cases in memory, and applications to put into it."""

import asyncio
import random
from contextlib import asynccontextmanager
from datetime import datetime

import httpx

from contract.case_requests import SubmitApplication
from contract.cases import Answer, Applicant, CaseChannel, GivenMaterial
from hallkit.runtime.clock import SHANGHAI, LoopClock
from hallkit.runtime.memory_link import MemoryBroker
from hallkit.runtime.writer import InlineWriter
from intake_server.app import App
from intake_server.config import IntakeConfig
from intake_server.core.cases import plan as plans
from intake_server.core.names import HallNames, Name
from intake_server.store.case_store import Ask
from intake_server.web.pages import build

NOW = datetime(2026, 9, 14, 9, 5, tzinfo=SHANGHAI)
NAMES = HallNames(Name("示例市为民服务中心", "Sample hall"), is_demo=True)
TEXTS = {"number": "40", "phone": "10000000001", "identity": "000000190001010017", "text": "样本"}


class Centre:
    """The intake server on a link in memory; `more` are settings of its table."""

    def __init__(self, **more) -> None:
        self.broker = MemoryBroker()
        self.clock = LoopClock(NOW, asyncio.get_running_loop())
        self.app = App(
            IntakeConfig(database="sqlite://", web=False, allowed_hosts=("testserver",), posts_a_minute=6000, **more),
            "demo",
            NAMES, links=self.broker.links(), password="", clock=self.clock, chance=random.Random(1),
            writer=InlineWriter(),
        )  # fmt: skip
        self.pages = build(self.app.site())

    def submit(self, item: str, *, leave=(), **more):
        plan = plans.of_items(self.app.cases.office.catalogue, [item], {"by-agent": "no"}, NOW.date())
        request = SubmitApplication(
            applicant=Applicant(name="张三", identity="000000190001010017", phone="10000000001"),
            channel=CaseChannel.KIOSK, items=(item,),
            situation=tuple(Answer(code=one.code, value="no") for one in plan.questions),
            answers=tuple(Answer(code=one.code, value=one.options[0].code if one.options else TEXTS.get(one.kind, ""))
                          for one in plan.fields),
            materials=tuple(GivenMaterial(code=one.code, way=one.ways[0], pages=1) for one in plan.materials
                            if one.code not in leave),
            **more,
        )  # fmt: skip
        replies, _ = self.app.cases.store.handle([Ask(request, item, "kiosk/kiosk-3")], NOW)
        return replies[0]

    @asynccontextmanager
    async def browser(self, host="127.0.0.1"):
        transport = httpx.ASGITransport(app=self.pages, client=(host, 1))
        async with httpx.AsyncClient(transport=transport, base_url="http://testserver") as client:
            yield client
