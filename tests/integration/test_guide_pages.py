"""A guide's new version: written on a page, refused with every fault at once, in force on its day."""

import html
import re
from datetime import timedelta

import pytest
from case_pages_rig import NOW, Centre

from contract import codec
from contract.case_requests import RenewCatalogue
from contract.catalogue import Need
from intake_server.core.cases import editing
from intake_server.core.texts import Language
from intake_server.web.case_words import CaseWords

ITEM = "food-licence"


@pytest.fixture
async def centre():
    made = Centre()
    yield made
    made.app.reader._engine.dispose()


def written(page: str, **changes: str) -> dict[str, str]:
    """Return the form of an editor's page as it stands, with changes."""
    inputs = [dict(re.findall(r'(\w+)="([^"]*)"', one)) for one in re.findall(r"<input[^>]*>", page)]
    form = {
        one["name"]: html.unescape(one["value"]) for one in inputs if "value" in one and one.get("type") != "checkbox"
    }
    form |= {name: html.unescape(text) for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>([^<]*)<', page)}
    return {**form, "staff": "4001", **changes}


async def test_a_new_version_is_on_the_page_at_once_and_a_running_case_keeps_its_own(centre):
    made = centre.submit(ITEM)
    async with centre.browser() as page:
        form = written((await page.get(f"/guides/{ITEM}")).text, fees="工本费免收", faq="能代办吗？ | 能，带委托书。")
        sent = await page.post(f"/guides/{ITEM}", data=form)
        assert sent.status_code == 303, sent.text
        assert "第 2 版已发布" in (await page.get(sent.headers["location"])).text
        shown = (await page.get(f"/guide/{ITEM}")).text
        for said in ("第 2 版", "工本费免收", "能代办吗？"):
            assert said in shown
        assert "第 2 版" in (await page.get("/guides")).text
    case = await centre.app.cases.case(made.case)
    assert [part.version for part in case.application.parts] == [1]
    assert centre.submit("shop-sign").notice.case


async def test_every_fault_is_named_at_once_and_nothing_is_lost_or_published(centre):
    item = centre.app.cases.office.catalogue.at(ITEM, NOW.date())
    material = item.materials[0].code
    broken = {
        "fees": " ", "notes": "", f"name.{material}": "其他材料", f"sample.{material}": "", "effective": "2026-09-13",
        "promise_days": "999", "supplement_days": "x", "based_on": "7",
    }  # fmt: skip
    async with centre.browser() as page:
        sent = await page.post(f"/guides/{ITEM}", data=written((await page.get(f"/guides/{ITEM}")).text, **broken))
        assert sent.status_code == 409
        found = re.search(r'role="alert">.*?</section>', sent.text, re.DOTALL)[0]
        words = CaseWords(Language.ZH)
        for rule in (
            "four blocks", "catch-all material", "source, form and sample", "supplement within the promise",
            "promise within the statute", "changed meanwhile", "not before today", "days",
        ):  # fmt: skip
            assert words(f"edit.fault.{rule}") in found, rule
        assert found.count("<li>") >= 9
        assert "其他材料" in sent.text
        english = await page.post(f"/guides/{ITEM}?lang=en", data={"staff": "4001"})
        assert not re.search("[\u4e00-\u9fff]{5}", re.search(r'role="alert">.*?</section>', english.text, re.DOTALL)[0])
        assert "第 1 版" in (await page.get(f"/guide/{ITEM}")).text


async def test_only_the_items_own_department_or_the_leader_publishes_and_only_here(centre):
    async with centre.browser() as page:
        form = written((await page.get(f"/guides/{ITEM}")).text)
        for staff in ("0101", "nobody", "3001"):
            assert (await page.post(f"/guides/{ITEM}", data={**form, "staff": staff})).status_code == 403
        assert (await page.get("/guides/nothing")).status_code == 404
        assert (await page.post("/guides/nothing", data=form)).status_code == 404
    async with centre.browser("10.0.0.9") as stranger:
        assert (await stranger.get("/guides")).status_code == 403
        assert (await stranger.post(f"/guides/{ITEM}", data=form)).status_code == 403


async def test_two_editors_of_one_version_do_not_overwrite_each_other(centre):
    async with centre.browser() as page:
        form = written((await page.get(f"/guides/{ITEM}")).text)
        assert (await page.post(f"/guides/{ITEM}", data=form)).status_code == 303
        second = await page.post(f"/guides/{ITEM}", data=form)
        assert second.status_code == 409
        assert "别人刚发布了新版" in second.text


async def test_a_material_no_longer_needed_is_gone_from_the_next_version(centre):
    before = centre.app.cases.office.catalogue.at(ITEM, NOW.date())
    dropped = next(one.code for one in before.materials if one.need is Need.REQUIRED)
    async with centre.browser() as page:
        form = written((await page.get(f"/guides/{ITEM}")).text, **{f"drop.{dropped}": "on"})
        form[f"source.{before.materials[1].code}"] = "申请人自备（新）"
        assert (await page.post(f"/guides/{ITEM}", data=form)).status_code == 303
    after = centre.app.cases.office.catalogue.at(ITEM, NOW.date())
    assert dropped not in {one.code for one in after.materials}
    assert after.fields == before.fields
    kept = [one for one in before.materials if one.code != dropped]
    assert [one.review_points for one in after.materials] == [one.review_points for one in kept]


async def test_a_version_for_later_waits_and_kiosks_are_told_on_its_day(centre, monkeypatch):
    told: list[object] = []
    kiosk = type(centre.app.device.address)("demo", "kiosk", "kiosk-1")
    cases = centre.app.cases
    monkeypatch.setattr(cases, "_kiosks", lambda: [kiosk])
    monkeypatch.setattr(cases, "_publish", lambda _topic, data: told.append(codec.decode(data)) or True)
    later = (NOW + timedelta(days=3)).date()
    async with centre.browser() as page:
        form = written((await page.get(f"/guides/{ITEM}")).text, effective=later.isoformat())
        assert (await page.post(f"/guides/{ITEM}", data=form)).status_code == 303
        assert "第 1 版" in (await page.get(f"/guide/{ITEM}")).text
    first = codec.body_of(told[0], RenewCatalogue)
    catalogue = cases.office.catalogue
    assert catalogue.next_change(NOW.date()) == later
    assert first.fingerprint == catalogue.fingerprint(NOW.date()) != catalogue.fingerprint(later)
    assert catalogue.at(ITEM, later).version == 2
    assert editing.newest(catalogue, ITEM, NOW.date()).version == 2
