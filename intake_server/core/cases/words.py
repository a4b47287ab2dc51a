"""What the rules themselves say to a citizen, in Chinese as on the papers."""

from contract.catalogue import FieldKind, GuideMaterial, MaterialWay

COMPLETE = "材料齐全、开始办理"
"""The phrase a complete application's notice carries."""

ASK = "请填写"
ANSWER_SITUATION = "请先回答办理情形"
NOT_FOR_PERSONS = "这个事项由单位申请，个人不能申请"
NOT_FOR_COMPANIES = "这个事项由个人申请，单位不能申请"
STOPPED = "同一申请里的另一事项未获准予，按联办规则一并结束"
NEXT_WINDOW = "请到综合窗口咨询，或拨打帮办电话，工作人员会告诉您去哪里办"
NOT_CREDITED = "因信用记录，不能容缺或承诺，请补齐材料后再交"
CONSEQUENCE = "先提醒您一次；仍未交的，本次申请退回，可重新申请，不影响信用。"
REMEDIES = "可在收到决定之日起 60 日内申请行政复议，或 6 个月内提起行政诉讼。"

_FIELD_REMEDY = {
    FieldKind.NUMBER: "请填数字",
    FieldKind.DATE: "请填年月日，如 2026-09-14",
    FieldKind.CHOICE: "请从所列选项里选",
    FieldKind.PHONE: "请填能接通的电话号码",
    FieldKind.IDENTITY: "请核对身份证号码",
    FieldKind.CREDIT_CODE: "请核对 18 位统一社会信用代码",
    FieldKind.TEXT: "请填写，不要超过规定字数",
}
PROMISED = "已签承诺书，免交"
_WAYS = {
    MaterialWay.FORM: "在线填写",
    MaterialWay.PHOTO: "拍照",
    MaterialWay.SCAN: "扫描",
    MaterialWay.ORIGINAL: "原件",
    MaterialWay.COPY: "复印件",
    MaterialWay.SHARED: "共享获取，未收原件",
    MaterialWay.ON_FILE: "已存档，免交",
    MaterialWay.PROMISED: PROMISED,
}
_ELECTRONIC = (MaterialWay.PHOTO, MaterialWay.SCAN, MaterialWay.FORM)


def field_remedy(kind: FieldKind) -> str:
    """Return how to put a field right."""
    return _FIELD_REMEDY[kind]


def received(way: MaterialWay, pages: int) -> str:
    """Return how a material came, as a notice says it."""
    if way in _ELECTRONIC:
        return f"电子 {pages} 页" if pages > 1 else "电子 1 份"
    return _WAYS[way] + (" 1 份" if way in (MaterialWay.ORIGINAL, MaterialWay.COPY) else "")


def how_to_bring(material: GuideMaterial) -> str:
    """Return in what form a material may be brought."""
    if MaterialWay.FORM in material.ways:
        return "在线填写或窗口领表填写"
    paper = [f"原件 {material.originals} 份"] if material.originals else []
    paper += [f"复印件 {material.copies} 份"] if material.copies else []
    wanted = "、".join(paper)
    if MaterialWay.PHOTO in material.ways:
        return f"{wanted}或拍照上传" if wanted else "拍照上传"
    return wanted or "到窗口提交"
