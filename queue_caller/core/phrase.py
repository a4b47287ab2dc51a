"""What a call sounds like, clause by clause: Mandarin with its pinyin, English as it is written."""

from dataclasses import dataclass
from enum import StrEnum

from queue_caller.core.numerals import english_number, mandarin_number

DIGITS_MANDARIN = {
    "0": ("零", "ling2"),
    "1": ("幺", "yao1"),
    "2": ("二", "er4"),
    "3": ("三", "san1"),
    "4": ("四", "si4"),
    "5": ("五", "wu3"),
    "6": ("六", "liu4"),
    "7": ("七", "qi1"),
    "8": ("八", "ba1"),
    "9": ("九", "jiu3"),
}
PLAIN_ONE = ("一", "yi1")
DIGITS_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")


class Language(StrEnum):
    """A language the hall speaks."""

    MANDARIN = "zh"
    ENGLISH = "en"


@dataclass(frozen=True, slots=True)
class Clause:
    """What is said in one breath: `text` as a person reads it, `spoken` as a synthesizer is told it.

    `lasting` clauses belong to a small fixed set (windows, evacuation) and are worth keeping on disk.
    """

    language: Language
    text: str
    spoken: str
    lasting: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """A whole sentence in one language."""

    language: Language
    clauses: tuple[Clause, ...]

    @property
    def text(self) -> str:
        """Return the sentence as a person reads it."""
        return ("" if self.language is Language.MANDARIN else ", ").join(clause.text for clause in self.clauses)


def call_phrase(ticket: str, window: int, language: Language, *, yao: bool = True) -> Phrase:
    """Return the call of `ticket` to `window`; `yao` says 1 as 幺 in ticket numbers, as services do."""
    if language is Language.MANDARIN:
        return Phrase(language, (_ticket_mandarin(ticket, yao), _window_mandarin(window)))
    return Phrase(language, (_ticket_english(ticket), _window_english(window)))


def evacuation_phrase(language: Language) -> Phrase:
    """Return the text that is repeated in an emergency."""
    return _EVACUATION[language]


def _ticket_mandarin(ticket: str, yao: bool) -> Clause:
    signs = [_sign_mandarin(sign, yao) for sign in ticket.upper() if sign.isalnum()]
    text = "".join(written for written, _ in signs)
    return Clause(Language.MANDARIN, f"请{text}号", " ".join(["qing3", *(said for _, said in signs), "hao4"]))


def _sign_mandarin(sign: str, yao: bool) -> tuple[str, str]:
    if sign == "1" and not yao:
        return PLAIN_ONE
    return DIGITS_MANDARIN.get(sign, (sign, sign))


def _window_mandarin(window: int) -> Clause:
    written, said = mandarin_number(window)
    return Clause(Language.MANDARIN, f"到{written}号窗口办理", f"dao4 {said} hao4 chuang1 kou3 ban4 li3", lasting=True)


def _ticket_english(ticket: str) -> Clause:
    signs = [sign for sign in ticket.upper() if sign.isalnum()]
    words = [DIGITS_ENGLISH[int(sign)] if sign.isdecimal() else sign for sign in signs]
    # A comma keeps the letter A from being read as the article.
    spoken = [word if word.islower() else f"{word}," for word in words]
    return Clause(Language.ENGLISH, " ".join(["Ticket", *words]), " ".join(["Ticket", *spoken]))


def _window_english(window: int) -> Clause:
    text = f"please go to window {english_number(window)}"
    return Clause(Language.ENGLISH, text, text, lasting=True)


def _lasting(language: Language, *clauses: tuple[str, str]) -> Phrase:
    return Phrase(language, tuple(Clause(language, text, spoken, lasting=True) for text, spoken in clauses))


_EVACUATION = {
    Language.MANDARIN: _lasting(
        Language.MANDARIN,
        ("请注意，", "qing3 zhu4 yi4"),
        ("请立即从最近的安全出口撤离，", "qing3 li4 ji2 cong2 zui4 jin4 de5 an1 quan2 chu1 kou3 che4 li2"),
        ("不要乘坐电梯", "bu2 yao4 cheng2 zuo4 dian4 ti1"),
    ),
    Language.ENGLISH: _lasting(
        Language.ENGLISH,
        ("Attention", "Attention."),
        ("please leave now by the nearest exit", "Please leave now by the nearest exit."),
        ("do not use the lifts", "Do not use the lifts."),
    ),
}
