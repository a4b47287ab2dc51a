"""Notices on paper: laid out as in the reference pictures, readable codes, the phrases the rules demand."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import msgspec
import numpy as np
import pytest
import zxingcpp
from PIL import Image, ImageChops

from contract.cases import DeliveryWay, Notice, NoticeKind, Outcome, PaperMaterial
from hallkit.devices.notice_slip import COMPLETE, NoticePlace, notice_job, notice_sheet
from hallkit.runtime.clock import SHANGHAI
from hallkit.text.errors import MissingGlyphError
from hallkit.text.fonts import FontLibrary

REFERENCE = Path(__file__).parents[1] / "reference" / "paper"
PINNED = FontLibrary(roots=(), pip=True)
PLACE = NoticePlace("示例市为民服务中心", "100 0000 0024", "自助机 3", "https://demo.example/p/", is_demo=True)
ACCEPTED = Notice(
    document="示政受〔2026〕000318 号", kind=NoticeKind.ACCEPTANCE, case="00000026091300000070",
    issued_at=datetime(2026, 9, 13, 2, 36, tzinfo=SHANGHAI), applicant="张*", identity="000***********0017",
    item="户外招牌设置", responsible="王*　联合办理窗口", responsible_phone="100 0000 0006", promise_days=2,
    link="7KQ2M9TXW4ZC8RVN5HJD6B00FF", query_code="M3XT8QK2", due=date(2026, 9, 15), received_on=date(2026, 9, 13),
    count_from=date(2026, 9, 14), delivery=DeliveryWay.POST, fingerprint="3f9a" + "0" * 56 + "c41e",
    received=(
        PaperMaterial(title="申请表", detail="电子 1 份"),
        PaperMaterial(title="营业执照", detail="共享获取，未收原件"),
        PaperMaterial(title="招牌效果图", detail="电子 2 页"),
    ),
)  # fmt: skip
MISSING = PaperMaterial(title="场地使用证明", detail="复印件 1 份或拍照上传", due=date(2026, 9, 18))


def change(**changes) -> Notice:
    return msgspec.structs.replace(ACCEPTED, **changes)


NOTICES = {
    "notice-acceptance": ACCEPTED,
    "notice-conditional": change(
        kind=NoticeKind.CONDITIONAL, outstanding=(MISSING,), consequence="先提醒您一次；仍未交的，本次申请退回。",
        due=date(2026, 9, 18), promise_days=5,
    ),
    "notice-correction": change(
        kind=NoticeKind.CORRECTION, defects=(PaperMaterial(title="招牌尺寸", detail="请填写"), MISSING),
        answer_by=date(2026, 9, 24), due=None,
    ),
    "notice-refusal": change(
        kind=NoticeKind.REFUSAL, reason="这个事项由个人申请，单位不能申请", next_step="请到综合窗口咨询", due=None
    ),
    "notice-receipt": change(kind=NoticeKind.RECEIPT, answer_by=date(2026, 9, 18), due=None),
    "notice-denied-reprint": change(
        kind=NoticeKind.DECISION, outcome=Outcome.DENIED, reason="招牌位置遮挡交通标志", copy=2,
        next_step="可在收到决定之日起 60 日内申请行政复议。",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_looks_like_its_reference_picture(name: str) -> None:
    picture = notice_sheet(NOTICES[name], PLACE, PINNED).picture()
    reference = Image.open(REFERENCE / f"{name}.png")
    assert picture.size == reference.size
    differing = ImageChops.logical_xor(picture, reference.convert("1")).histogram()[-1]
    assert differing <= picture.width * picture.height // 500


@pytest.mark.parametrize("name", NOTICES)
def test_the_code_on_a_notice_opens_its_case_and_is_not_its_number(name: str) -> None:
    picture = notice_sheet(NOTICES[name], PLACE, PINNED).picture()
    codes = [code.text for code in zxingcpp.read_barcodes(np.array(picture.convert("L")))]
    assert codes == ["https://demo.example/p/" + ACCEPTED.link]
    assert ACCEPTED.case not in codes[0]


def test_the_phrase_of_a_complete_application_is_exact() -> None:
    assert COMPLETE == "材料齐全、开始办理"


def test_a_rare_name_is_right_or_refused() -> None:
    notice_sheet(change(applicant="䶮*", responsible="𬱖*　窗口"), PLACE, PINNED)
    with pytest.raises(MissingGlyphError):
        notice_sheet(change(applicant="\U0003ffff*"), PLACE, PINNED)


def test_a_reprint_carries_its_copy_number() -> None:
    job = notice_job("J", change(copy=2), replace(PLACE, is_demo=False), PINNED)
    assert job.key == ("J", 2)
