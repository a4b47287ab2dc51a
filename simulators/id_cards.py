"""Cards nobody has: synthetic people of region 000000, with the names that break machines."""

from dataclasses import dataclass, field
from datetime import date

from hallkit.codecs.sam_v import CardData
from hallkit.codecs.sam_v_photo import demonstration_block
from hallkit.codecs.sam_v_text import CardKind, CardText, Sex, encode_text
from hallkit.rules.identity import SYNTHETIC_REGION, check_character
from hallkit.rules.sensitive import Sensitive

ISSUER = "演示市公安局"
ADDRESS = "演示省演示市演示区示范路24号"


@dataclass(frozen=True, slots=True)
class SimulatedCard:
    """One card: what it says, its picture's variant, and how many bytes of fingerprint it carries."""

    text: CardText
    photo: int = 0
    fingerprint_size: int = field(default=0)
    newest_address: str = ""

    def data(self) -> CardData:
        """Return the card's blocks."""
        return CardData(encode_text(self.text), demonstration_block(self.photo), b"\x43" * self.fingerprint_size)


def synthetic_number(born: date, order: int) -> str:
    """Return the identity number of the synthetic person born that day."""
    first17 = f"{SYNTHETIC_REGION}{born:%Y%m%d}{order:03d}"
    return first17 + check_character(first17)


def resident(
    name: str,
    born: date = date(1984, 2, 29),
    order: int = 1,
    *,
    valid: tuple[date, date | None] = (date(2020, 5, 1), date(2040, 5, 1)),
    fingerprint_size: int = 0,
    newest_address: str = "",
) -> SimulatedCard:
    """Return a resident's card; odd orders are men."""
    text = CardText(
        kind=CardKind.RESIDENT,
        name=Sensitive(name),
        number=Sensitive(synthetic_number(born, order)),
        born=born,
        sex=Sex.MALE if order % 2 else Sex.FEMALE,
        nation="01",
        address=Sensitive(ADDRESS),
        issuer=ISSUER,
        valid_from=valid[0],
        valid_to=valid[1],
    )
    return SimulatedCard(text, order % 256, fingerprint_size, newest_address)


def hk_macao_taiwan() -> SimulatedCard:
    """Return a residence permit for people of Hong Kong, Macao and Taiwan."""
    born = date(1979, 12, 31)
    text = CardText(
        kind=CardKind.HK_MACAO_TAIWAN,
        name=Sensitive("歐陽㛃"),
        number=Sensitive(synthetic_number(born, 814)),
        born=born,
        sex=Sex.FEMALE,
        address=Sensitive(ADDRESS),
        issuer=ISSUER,
        valid_from=date(2023, 1, 1),
        valid_to=date(2028, 1, 1),
        pass_number=Sensitive("H00000000"),
        issue_count="01",
    )
    return SimulatedCard(text, 81)


def foreigner_2017() -> SimulatedCard:
    """Return a permanent residence card of 2017; country XXX is nobody's."""
    text = CardText(
        kind=CardKind.FOREIGNER_2017,
        name=Sensitive("示范"),
        latin_name=Sensitive("DEMONSTRATION, MARIA-ANTONIA DE LOS ANGELES"),
        number=Sensitive("XXX000000000000"),
        born=date(1990, 6, 15),
        sex=Sex.FEMALE,
        country="XXX",
        issuer="0000",
        version="01",
        valid_from=date(2018, 3, 1),
        valid_to=date(2028, 3, 1),
    )
    return SimulatedCard(text, 17)


def foreigner_2023() -> SimulatedCard:
    """Return a permanent residence card of 2023; its Latin name needs both fields."""
    born = date(1965, 10, 1)
    text = CardText(
        kind=CardKind.FOREIGNER_2023,
        name=Sensitive("杰䶮"),
        latin_name=Sensitive("DEMONSTRATION, BARTHOLOMEW ALEXANDER VIII"),
        number=Sensitive(synthetic_number(born, 923)),
        born=born,
        sex=Sex.MALE,
        country="XXX",
        issue_count="02",
        valid_from=date(2024, 1, 1),
        valid_to=date(2034, 1, 1),
    )
    return SimulatedCard(text, 23)


CARDS: dict[str, SimulatedCard] = {
    "resident": resident("演示人", newest_address="演示省演示市新迁区示范巷7号"),
    "rare_name": resident("欧阳㛃䶮𬱖", date(1995, 8, 8), 24),
    "longest_name": resident("阿卜杜热依木江·买买提依明江提", date(1988, 3, 21), 31),
    "private_character": resident("示\ue863", date(1958, 1, 1), 33),
    "for_ever": resident("示长者", date(1940, 1, 1), 35, valid=(date(2006, 1, 1), None)),
    "expired": resident("示过期", date(1970, 7, 7), 37, valid=(date(2004, 1, 1), date(2024, 1, 1))),
    "minor": resident("示小明", date(2016, 9, 1), 39, valid=(date(2024, 1, 1), date(2029, 1, 1))),
    "one_finger": resident("示一指", date(1992, 4, 4), 41, fingerprint_size=512),
    "two_fingers": resident("示二指", date(1992, 4, 5), 42, fingerprint_size=1024),
    "hk_macao_taiwan": hk_macao_taiwan(),
    "foreigner_2017": foreigner_2017(),
    "foreigner_2023": foreigner_2023(),
}
"""Every card by name; each name is also a set-up of the simulated reader."""
