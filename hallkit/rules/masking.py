"""What of a name, a number and a telephone may be shown outside the citizen's own session."""

COMPOUND = frozenset(
    (
        "欧阳", "司马", "上官", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒", "司空",
        "夏侯", "轩辕", "端木", "百里", "南宫", "西门", "独孤", "呼延", "闻人", "太史", "澹台", "公冶", "申屠", "钟离",
    )
)  # fmt: skip
"""Surnames of two characters."""

MIDDLE_DOT = "\u00b7"


def mask_name(name: str) -> str:
    """Return a name with nothing but its surname, or the first character of a name written with a middle dot."""
    name = name.strip()
    if MIDDLE_DOT not in name and len(name) > 2 and name[:2] in COMPOUND:
        return f"{name[:2]}*"
    return f"{name[:1]}*" if name else ""


def mask_identity(number: str) -> str:
    """Return the first three and last four characters of an identity number, stars between; shorter ones all stars."""
    return f"{number[:3]}{'*' * (len(number) - 7)}{number[-4:]}" if len(number) > 7 else "*" * len(number)


def mask_phone(number: str) -> str:
    """Return the first three and last four digits of a telephone number, stars between; shorter ones all stars."""
    return f"{number[:3]}****{number[-4:]}" if len(number) > 7 else "*" * len(number)
