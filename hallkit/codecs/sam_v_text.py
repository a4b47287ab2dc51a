"""The 256-byte text block of the four kinds of identity card (GA/T 490 and the public layouts of 2017 and 2023).

UTF-16, low byte first, padded with blanks; the kind stands at byte 248. A name has at most 15 characters, a foreigner's
Latin name 60 (2017) or 46 (2023); a character beyond U+FFFF takes the place of two.
"""

from dataclasses import dataclass, field
from datetime import date
from enum import Enum, StrEnum
from unicodedata import category

from hallkit.rules.sensitive import Sensitive

BLOCK_SIZE = 256
FLAG_AT = 248
FOR_EVER = "长期"
NOTHING = Sensitive("")
UNWRITABLE = ("Cc", "Cf", "Cs")
"""Unicode categories no card has: controls, directions, halves of a character."""


class CardTextError(ValueError):
    """A text block says what no card says; the message never repeats what is personal."""


class CardKind(Enum):
    """The card by its flag."""

    RESIDENT = " "
    HK_MACAO_TAIWAN = "J"
    FOREIGNER_2017 = "I"
    FOREIGNER_2023 = "Y"


class Sex(StrEnum):
    """GB/T 2261.1."""

    UNKNOWN = "0"
    MALE = "1"
    FEMALE = "2"
    UNSTATED = "9"


_RESIDENT = {
    "name": (0, 30),
    "sex": (30, 2),
    "nation": (32, 4),
    "born": (36, 16),
    "address": (52, 70),
    "number": (122, 36),
    "issuer": (158, 30),
    "valid_from": (188, 16),
    "valid_to": (204, 16),
}
LAYOUTS: dict[CardKind, dict[str, tuple[int, int]]] = {
    CardKind.RESIDENT: _RESIDENT,
    CardKind.HK_MACAO_TAIWAN: {
        **{name: place for name, place in _RESIDENT.items() if name != "nation"},
        "pass_number": (220, 18),
        "issue_count": (238, 4),
    },
    CardKind.FOREIGNER_2017: {
        "latin_name": (0, 120),
        "sex": (120, 2),
        "number": (122, 30),
        "country": (152, 6),
        "name": (158, 30),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
        "born": (220, 16),
        "version": (236, 4),
        "issuer": (240, 8),
    },
    CardKind.FOREIGNER_2023: {
        "name": (0, 30),
        "sex": (30, 2),
        "issue_count": (32, 4),
        "born": (36, 16),
        "latin_name": (52, 70),
        "number": (122, 36),
        "valid_from": (188, 16),
        "valid_to": (204, 16),
        "latin_rest": (220, 22),
        "country": (242, 6),
    },
}
"""Offset and length in bytes of every field of every kind."""

_NATIONS = (
    "汉 蒙古 回 藏 维吾尔 苗 彝 壮 布依 朝鲜 满 侗 瑶 白 土家 哈尼 哈萨克 傣 黎 傈僳 佤 畲 高山 拉祜 水 东乡 纳西 景颇 "
    "柯尔克孜 土 达斡尔 仫佬 羌 布朗 撒拉 毛南 仡佬 锡伯 阿昌 普米 塔吉克 怒 乌孜别克 俄罗斯 鄂温克 德昂 保安 裕固 京 "
    "塔塔尔 独龙 鄂伦春 赫哲 门巴 珞巴 基诺"
)
NATIONS = tuple(_NATIONS.split())
"""GB/T 3304 in the order of its numbers."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CardText:
    """What a card says; `valid_to` None means for ever; fields a kind does not have are empty."""

    kind: CardKind
    name: Sensitive
    number: Sensitive
    born: date = field(repr=False)
    sex: Sex
    valid_from: date
    valid_to: date | None
    latin_name: Sensitive = NOTHING
    address: Sensitive = NOTHING
    nation: str = ""
    issuer: str = ""
    pass_number: Sensitive = NOTHING
    issue_count: str = ""
    country: str = ""
    version: str = ""

    @property
    def nation_name(self) -> str:
        """Return the nationality in Chinese; empty if the card has none or an unknown one."""
        at = int(self.nation) if self.nation.isascii() and self.nation.isdigit() else 0
        return NATIONS[at - 1] if 1 <= at <= len(NATIONS) else ""

    @property
    def has_private_characters(self) -> bool:
        """Say whether the name uses characters only its issuer knows; a person must then read the card."""
        return any(_is_private(letter) for letter in self.name.reveal())

    def is_valid_on(self, day: date) -> bool:
        """Say whether the card is valid on `day`, its last day included."""
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def age_on(self, day: date) -> int:
        """Return the holder's age in full years on `day`."""
        return day.year - self.born.year - ((day.month, day.day) < (self.born.month, self.born.day))


def decode_text(block: bytes) -> CardText:
    """Return what the block says; CardTextError if it is no text block."""
    if len(block) != BLOCK_SIZE:
        raise CardTextError(f"a text block has {BLOCK_SIZE} bytes, not {len(block)}")
    kind = _kind(block)
    texts = {name: _text(block, *place) for name, place in LAYOUTS[kind].items()}
    texts["latin_name"] = (texts.get("latin_name", "") + texts.pop("latin_rest", "")).strip()
    name = texts["name"] or texts["latin_name"]
    if not name or not texts["number"]:
        raise CardTextError("the card has no name or no number")
    if texts["sex"] not in list(Sex):
        raise CardTextError("the card names no sex of GB/T 2261.1")
    return CardText(
        kind=kind,
        name=Sensitive(name),
        number=Sensitive(texts["number"]),
        sex=Sex(texts["sex"]),
        born=_date(texts["born"]),
        valid_from=_date(texts["valid_from"]),
        valid_to=None if texts["valid_to"] == FOR_EVER else _date(texts["valid_to"]),
        latin_name=Sensitive(texts["latin_name"]),
        address=Sensitive(texts.get("address", "")),
        pass_number=Sensitive(texts.get("pass_number", "")),
        **{name: texts.get(name, "") for name in ("nation", "issuer", "issue_count", "country", "version")},
    )


def encode_text(text: CardText) -> bytes:
    """Return the block of a card; CardTextError if a field does not fit."""
    block = bytearray(" ".encode("utf-16-le") * (BLOCK_SIZE // 2))
    latin = text.latin_name.reveal()
    layout = LAYOUTS[text.kind]
    split = layout["latin_name"][1] // 2 if "latin_rest" in layout else len(latin)
    values = {
        **{name: _plain(getattr(text, name)) for name in layout if name != "latin_rest"},
        "latin_name": latin[:split],
        "latin_rest": latin[split:],
    }
    for name, place in layout.items():
        _put(block, values[name], *place)
    _put(block, text.kind.value, FLAG_AT, 2)
    return bytes(block)


def decode_address(data: bytes) -> str:
    """Return the newest address of an answer to READ_ADDRESS; CardTextError if it is no text."""
    return _text(data, 0, 70)


def _kind(block: bytes) -> CardKind:
    flag = block[FLAG_AT : FLAG_AT + 2].decode("utf-16-le", errors="replace")
    try:
        return CardKind(flag)
    except ValueError as error:
        raise CardTextError("the card is of a kind nobody has described") from error


def _text(block: bytes, offset: int, length: int) -> str:
    try:
        text = block[offset : offset + length].decode("utf-16-le").rstrip(" \0")
    except UnicodeDecodeError as error:
        raise CardTextError("the card holds bytes that are no characters") from error
    if any(category(letter) in UNWRITABLE or ord(letter) & 0xFFFE == 0xFFFE for letter in text):
        raise CardTextError("the card holds characters nobody can print")
    return text


def _date(text: str) -> date:
    try:
        return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    except ValueError as error:
        raise CardTextError("the card holds a day that never was") from error


def _plain(value: object) -> str:
    match value:
        case Sensitive():
            return value.reveal()
        case date():
            return value.strftime("%Y%m%d")
        case None:
            return FOR_EVER
        case _:
            return str(value)


def _put(block: bytearray, value: str, offset: int, length: int) -> None:
    data = value.encode("utf-16-le")
    if len(data) > length:
        raise CardTextError(f"a field of {length // 2} characters cannot hold {len(data) // 2}")
    block[offset : offset + len(data)] = data


def _is_private(letter: str) -> bool:
    return 0xE000 <= ord(letter) <= 0xF8FF or ord(letter) >= 0xF0000
