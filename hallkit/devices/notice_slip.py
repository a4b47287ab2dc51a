"""The papers a case is answered with, on 80 mm paper."""

from dataclasses import dataclass
from datetime import date

from contract.cases import DeliveryWay, Notice, NoticeKind, Outcome, PaperMaterial
from hallkit.devices.print_job import PrintJob
from hallkit.devices.slip import MARGIN, RIGHT, Part, Sheet
from hallkit.devices.ticket_slip import DEMO, WEEKDAYS, stamp
from hallkit.text.fonts import FontLibrary

TITLES = {
    NoticeKind.RECEIPT: "收件凭证",
    NoticeKind.ACCEPTANCE: "受理通知单",
    NoticeKind.CONDITIONAL: "容缺受理通知单",
    NoticeKind.CORRECTION: "一次性补正告知书",
    NoticeKind.REFUSAL: "不予受理通知书",
    NoticeKind.SPECIAL: "特别程序告知书",
    NoticeKind.DECISION: "办理结果通知单",
}
DELIVERY = {
    DeliveryWay.WINDOW: "统一出件窗口领取",
    DeliveryWay.POST: "邮寄（到付）",
    DeliveryWay.LOCKER: "自助取件柜",
    DeliveryWay.ONLINE: "网上查看",
}
OUTCOMES = {
    Outcome.GRANTED: "准予，可以领取结果",
    Outcome.SUPPLEMENT: "请补齐补正",
    Outcome.DENIED: "不予许可",
}
COMPLETE = "材料齐全、开始办理"
PAD = 16
BOX_LEFT = MARGIN + PAD
TICK = 26


@dataclass(frozen=True, slots=True)
class NoticePlace:
    """Where a notice is printed: hall, helpline, machine, and the address its code opens with the link behind it."""

    hall: str
    helpline: str
    machine: str
    link_base: str
    is_demo: bool = False


def notice_sheet(notice: Notice, place: NoticePlace, fonts: FontLibrary | None = None) -> Sheet:
    """Set `notice`; MissingGlyphError if a name on it cannot be drawn."""
    sheet = Sheet(fonts)
    _head(sheet, notice, place)
    _about(sheet, notice)
    match notice.kind:
        case NoticeKind.CONDITIONAL:
            _to_bring(sheet, "请补交", notice.outstanding)
            _how(sheet, notice)
            _due_line(sheet, notice)
        case NoticeKind.CORRECTION:
            _to_bring(sheet, "请一次改好、补齐", notice.defects, notice.answer_by)
            _said(sheet, ("怎么交：扫码、自助机、窗口、邮寄。", "本单已列出全部问题，不会再另提要求。"))
        case NoticeKind.REFUSAL:
            _reason(sheet, "为什么", notice.reason, "接下来怎么办", notice.next_step)
        case NoticeKind.DECISION:
            _decision(sheet, notice)
        case NoticeKind.SPECIAL:
            _reason(sheet, "正在进行", notice.reason, "", "所需时间不计入办理期限，结束后重新告诉您最晚办好的日期。")
        case NoticeKind.RECEIPT:
            _answer_by(sheet, notice)
        case _:
            _due_hero(sheet, notice)
    if notice.kind in (NoticeKind.ACCEPTANCE, NoticeKind.RECEIPT):
        _received(sheet, notice.received)
    _code(sheet, notice, place)
    _foot(sheet, notice, place)
    return sheet


def notice_job(job_id: str, notice: Notice, place: NoticePlace, fonts: FontLibrary | None = None) -> PrintJob:
    """Return the job that prints `notice`, its copy number the one on the paper."""
    return PrintJob(job_id, notice_sheet(notice, place, fonts).commands(), notice.copy)


def long_day(day: date) -> str:
    """Return a date as notices write it: 2026年9月18日 周五."""
    return f"{day.year}年{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def short_day(day: date) -> str:
    """Return a date without its year: 9月14日 周一."""
    return f"{day.month}月{day.day}日 周{WEEKDAYS[day.weekday()]}"


def grouped(number: str) -> str:
    """Return a case number in groups for the eye: 000000 260913 0000012 6."""
    return f"{number[:6]} {number[6:12]} {number[12:19]} {number[19:]}"


def _head(sheet: Sheet, notice: Notice, place: NoticePlace) -> None:
    sheet.gap(29)
    sheet.text(Part(place.hall, 30, bold=True), leading=1.0)
    sheet.gap(18)
    sheet.text(Part(TITLES[notice.kind], 50, bold=True), leading=1.1)
    sheet.gap(10)
    sheet.text(Part(notice.document), leading=1.2)
    sheet.gap(8)
    sheet.rule()
    sheet.gap(12)
    sheet.bar(_status(notice), f"（补打 {notice.copy}）" if notice.copy else "")
    sheet.gap(18)


def _status(notice: Notice) -> str:
    match notice.kind:
        case NoticeKind.ACCEPTANCE:
            return COMPLETE
        case NoticeKind.CONDITIONAL:
            return f"已受理，还差 {len(notice.outstanding)} 份材料"
        case NoticeKind.CORRECTION:
            return f"还没有受理，有 {len(notice.defects)} 处要补正"
        case NoticeKind.REFUSAL:
            return "这次没有受理"
        case NoticeKind.SPECIAL:
            return "办理暂停计时"
        case NoticeKind.DECISION:
            return OUTCOMES[notice.outcome] if notice.outcome else "已办结"
        case _:
            return "材料已收下，等待受理"


def _about(sheet: Sheet, notice: Notice) -> None:
    received = notice.kind in (NoticeKind.ACCEPTANCE, NoticeKind.CONDITIONAL)
    rows = [
        ("申请人", Part(f"{notice.applicant}　{notice.identity}")),
        ("申请事项", Part(notice.item, 26, bold=True)),
        ("受理时间" if received else "时间", Part(stamp(notice.issued_at))),
        ("办件编号", Part(grouped(notice.case))),
        ("责任人", Part(notice.responsible or "统一出件窗口")),
        ("电话", Part(notice.responsible_phone)),
    ]
    for label, value in rows:
        if value.text.strip():
            sheet.field(label, value)
            sheet.gap(2)
    sheet.gap(6)
    sheet.rule()


def _due_hero(sheet: Sheet, notice: Notice) -> None:
    sheet.gap(14)
    sheet.text(Part("最晚办好"))
    if notice.due is not None:
        sheet.text(Part(long_day(notice.due), 50, bold=True), leading=1.24)
    for line in _counting(notice):
        sheet.text(Part(line), leading=1.3)
    sheet.gap(4)
    sheet.rule()


def _counting(notice: Notice) -> list[str]:
    promise = f"承诺 {notice.promise_days} 个工作日" if notice.promise_days else "承诺当天办好"
    lines = [promise]
    start, first = notice.received_on, notice.count_from
    if notice.deemed:
        lines.append("五个工作日内未答复，自收到申请之日起视为受理")
    if start is not None and first is not None and first != start:
        rest = (first - start).days > 1 or start.weekday() > 4
        reason = f"{start.month}月{start.day}日是休息日" if rest and start.weekday() > 4 else "受理当天不计"
        lines.append(f"{reason}，从 {short_day(first)}起算")
    if notice.provisional:
        lines.append("次年放假安排未公布，日期为暂定")
    return lines


def _due_line(sheet: Sheet, notice: Notice) -> None:
    sheet.gap(16)
    if notice.due is not None:
        sheet.text(Part(f"最晚办好　{long_day(notice.due)}", 32, bold=True), "left")
    first = f"，从 {short_day(notice.count_from)}起算" if notice.count_from else ""
    sheet.text(Part(f"承诺 {notice.promise_days} 个工作日{first}。"), "left", leading=1.3)
    sheet.text(Part("补交期间照常办理。"), "left", leading=1.3)
    if notice.provisional:
        sheet.text(Part("次年放假安排未公布，日期为暂定。"), "left", leading=1.3)
    sheet.gap(8)


def _to_bring(sheet: Sheet, title: str, materials: tuple[PaperMaterial, ...], last: date | None = None) -> None:
    sheet.gap(14)
    top = sheet.y
    sheet.gap(16)
    sheet.text(Part(title), "left", x=BOX_LEFT)
    for material in materials:
        _tick(sheet, material)
        if material.due is not None:
            _last_day(sheet, material.due)
    if last is not None:
        _last_day(sheet, last)
    sheet.frame(top)


def _tick(sheet: Sheet, material: PaperMaterial) -> None:
    start = sheet.y
    sheet.tick_box(BOX_LEFT + 2, start + 8, TICK)
    sheet.text(Part(material.title, 34, bold=True), "left", x=BOX_LEFT + 44, right=RIGHT - PAD, leading=1.25)
    if material.detail:
        sheet.text(Part(material.detail), "left", x=BOX_LEFT + 44, right=RIGHT - PAD, leading=1.4)


def _last_day(sheet: Sheet, day: date) -> None:
    sheet.gap(4)
    start = sheet.y
    sheet.text(Part("最晚"), "left", x=BOX_LEFT)
    sheet.y = start - 5
    sheet.text(Part(long_day(day), 34, bold=True), "left", x=BOX_LEFT + 68, leading=1.3)


def _how(sheet: Sheet, notice: Notice) -> None:
    lines = ["怎么交：扫码、自助机、窗口、邮寄。"]
    if notice.consequence:
        lines.append(f"没按时交：{notice.consequence}")
    _said(sheet, tuple(lines))
    sheet.rule()


def _said(sheet: Sheet, lines: tuple[str, ...]) -> None:
    sheet.gap(18)
    for line in lines:
        sheet.text(Part(line), "left", leading=1.35)
        sheet.gap(6)
    sheet.gap(4)


def _reason(sheet: Sheet, first: str, reason: str, then: str, next_step: str) -> None:
    sheet.gap(14)
    for title, text in ((first, reason), (then, next_step)):
        if title:
            sheet.text(Part(title, 32, bold=True), "left")
        if text:
            sheet.text(Part(text, 30), "left", leading=1.4)
            sheet.gap(8)
    sheet.gap(4)


def _decision(sheet: Sheet, notice: Notice) -> None:
    if notice.defects:
        _to_bring(sheet, "请补齐", notice.defects, notice.answer_by)
        _said(sheet, ("补齐前不计入办理期限。",))
    elif notice.outcome is Outcome.DENIED:
        _reason(sheet, "理由", notice.reason, "您的权利", notice.next_step)
    else:
        _said(sheet, (f"取证方式　{DELIVERY[notice.delivery]}", "请带身份证，或报取件码。"))


def _answer_by(sheet: Sheet, notice: Notice) -> None:
    sheet.gap(14)
    sheet.text(Part("最晚答复"))
    if notice.answer_by is not None:
        sheet.text(Part(long_day(notice.answer_by), 50, bold=True), leading=1.24)
    sheet.text(Part("到期没有答复，就算已受理"), leading=1.3)
    sheet.gap(4)
    sheet.rule()


def _received(sheet: Sheet, received: tuple[PaperMaterial, ...]) -> None:
    sheet.gap(16)
    sheet.text(Part(f"收到的材料（{len(received)} 份）", 28, bold=True), "left")
    for number, material in enumerate(received, 1):
        sheet.text(Part(f"{number} {material.title}　{material.detail}"), "left")
    sheet.gap(4)


def _code(sheet: Sheet, notice: Notice, place: NoticePlace) -> None:
    brings = notice.kind in (NoticeKind.CONDITIONAL, NoticeKind.CORRECTION)
    sheet.rule(dashed=True)
    sheet.gap(24)
    sheet.qr(
        place.link_base + notice.link,
        (
            Part("扫码补交、看进度" if brings else "扫码看进度", 32, bold=True),
            Part("不用登录。"),
            Part("查询码"),
            Part(f"{notice.query_code[:4]} {notice.query_code[4:]}", 32, bold=True),
        ),
    )
    sheet.gap(28)


def _foot(sheet: Sheet, notice: Notice, place: NoticePlace) -> None:
    lines = [f"帮办电话 {place.helpline}"]
    if notice.kind is NoticeKind.ACCEPTANCE:
        lines = [f"取证方式　{DELIVERY[notice.delivery]}", "不满意？扫码可评价、可投诉。", *lines]
    elif notice.kind is NoticeKind.CONDITIONAL:
        lines = ["本单一式两份，另一份随案保存。", *lines]
    for line in lines:
        sheet.text(Part(line), "left", leading=1.35)
    sheet.gap(8)
    sheet.rule(dashed=True)
    sheet.gap(16)
    tail = f"{notice.fingerprint[:4]}…{notice.fingerprint[-4:]}"
    printed = f"补打 {notice.copy}" if notice.copy else "第 1 次打印"
    for line in (f"防伪码 {tail}　可扫码核验", f"{place.machine}　{printed}"):
        sheet.text(Part(line, 24), "left", leading=1.4)
    if place.is_demo:
        sheet.gap(8)
        sheet.text(Part(DEMO, 24), leading=1.1)
