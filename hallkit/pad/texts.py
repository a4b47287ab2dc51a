"""Every text of the rating pad in Chinese and English."""

from dataclasses import dataclass
from typing import Literal

from contract.rating import RatingGrade, RatingReason

PadLanguage = Literal["zh", "en"]

GRADES_ZH = {
    RatingGrade.EXCELLENT: "非常满意",
    RatingGrade.GOOD: "满意",
    RatingGrade.FAIR: "基本满意",
    RatingGrade.POOR: "不满意",
    RatingGrade.VERY_POOR: "非常不满意",
}
GRADES_EN = {
    RatingGrade.EXCELLENT: "Excellent",
    RatingGrade.GOOD: "Good",
    RatingGrade.FAIR: "Fair",
    RatingGrade.POOR: "Poor",
    RatingGrade.VERY_POOR: "Very poor",
}
REASONS_ZH = {
    RatingReason.WAITED_LONG: "等得太久",
    RatingReason.UNCLEAR: "没一次说清",
    RatingReason.ATTITUDE: "态度不好",
    RatingReason.ASKED_TOO_MUCH: "要多余材料",
    RatingReason.TOO_MANY_VISITS: "跑了多次",
    RatingReason.OTHER: "其他",
}
REASONS_EN = {
    RatingReason.WAITED_LONG: "Long wait",
    RatingReason.UNCLEAR: "Not clear",
    RatingReason.ATTITUDE: "Attitude",
    RatingReason.ASKED_TOO_MUCH: "Papers",
    RatingReason.TOO_MANY_VISITS: "Many trips",
    RatingReason.OTHER: "Other",
}


@dataclass(frozen=True, slots=True)
class PadTexts:
    """One language's texts; braces take a number, a time or a name."""

    grades: dict[RatingGrade, str]
    second_grades: dict[RatingGrade, str]
    reasons: dict[RatingReason, str]
    window: str
    seconds: str
    offline: str
    staff: str
    at_your_service: str
    rate_here: str
    not_told: str
    how_was_it: str
    what_was_wrong: str
    no_reason: str
    submit: str
    received: str
    received_note: tuple[str, str]
    stored: str
    stored_offline: tuple[str, str]
    stored_sending: tuple[str, str]
    paused: str
    closed: str
    resumes: str
    go_to: str
    wait_for_call: str
    rate_by_code: str
    demo: str
    battery: str


ZH = PadTexts(
    grades=GRADES_ZH,
    second_grades=GRADES_EN,
    reasons=REASONS_ZH,
    window="{} 号窗口",
    seconds="{} 秒",
    offline="未联网 已存 {} 条",
    staff="工号 {}",
    at_your_service="为您服务",
    rate_here="办完后，请在这里评价",
    not_told="选了什么，不会当场告诉窗口",
    how_was_it="这次服务怎么样？",
    what_was_wrong="哪里没做好？可多选",
    no_reason="不填",
    submit="提交",
    received="谢谢，评价已收到",
    received_note=("想补充？{} 个工作日内", "扫通知单上的码可以追评"),
    stored="谢谢，评价已存好",
    stored_offline=("网络恢复后自动送出，", "只算一次。"),
    stored_sending=("正在送出，", "只算一次。"),
    paused="暂停服务",
    closed="窗口未开",
    resumes="{} 恢复",
    go_to="请到 {} 号窗口，或等叫号",
    wait_for_call="请看大屏，等叫号",
    rate_by_code="请扫通知单上的码评价",
    demo="演示",
    battery="电量 {}%",
)
EN = PadTexts(
    grades=GRADES_EN,
    second_grades=GRADES_ZH,
    reasons=REASONS_EN,
    window="Window {}",
    seconds="{} s",
    offline="Offline, {} kept",
    staff="Staff no. {}",
    at_your_service="At your service",
    rate_here="Please rate here when done",
    not_told="The window is not told your choice",
    how_was_it="How was the service?",
    what_was_wrong="What was wrong?",
    no_reason="Skip",
    submit="Submit",
    received="Thanks, received",
    received_note=("More to say? Scan the code on", "your notice within {} working days"),
    stored="Thanks, saved",
    stored_offline=("It is sent when the network is", "back, and counts once."),
    stored_sending=("It is being sent", "and counts once."),
    paused="Paused",
    closed="Closed",
    resumes="Back at {}",
    go_to="Go to window {} or wait",
    wait_for_call="Watch the screen for your call",
    rate_by_code="Scan your notice to rate",
    demo="Demo",
    battery="Battery {}%",
)
TEXTS: dict[PadLanguage, PadTexts] = {"zh": ZH, "en": EN}
