"""Every picture a call pad needs: the bar with its window and state, tickets, who waits, which pad this is."""

from string import ascii_uppercase

from PIL import Image, ImageDraw

from firmware.artwork.words import DIGITS, Rgb, around, word

SIZE = (160, 128)
BAR = 30
GROUND: Rgb = (0x14, 0x26, 0x2D)
INK: Rgb = (0xFF, 0xFF, 0xFF)
QUIET: Rgb = (0xB4, 0xC2, 0xC7)
STATES: dict[str, tuple[str, Rgb, Rgb]] = {
    "off": ("未开放", (0x47, 0x58, 0x5F), INK),
    "free": ("空闲", (0x1B, 0x6B, 0x40), INK),
    "calling": ("请办理", (0xF2, 0xB1, 0x34), GROUND),
    "serving": ("办理中", (0x0B, 0x5A, 0x68), INK),
    "paused": ("暂停服务", (0xA6, 0x2B, 0x1F), INK),
    "refused": ("不能执行", (0xA6, 0x2B, 0x1F), INK),
    "offline": ("未连接", (0x00, 0x00, 0x00), QUIET),
}
"""Words, ground and ink of each lamp."""


def pictures(window: int) -> dict[str, Image.Image]:
    """Return a call pad's pictures by name."""
    found = {f"lamp-{name}": _bar(window, *look) for name, look in STATES.items()}
    found |= {f"blink-{phase}": _which(window, lit=bool(phase)) for phase in (0, 1)}
    for family, px in (("t", 56), ("u", 44), ("v", 32)):
        found |= {f"{family}{ord(one):x}": word(one, px, INK, GROUND, bold=True) for one in ascii_uppercase + DIGITS}
    found |= {f"w{ord(one):x}": word(one, 24, INK, GROUND, bold=True) for one in DIGITS}
    found["no-ticket"] = word("—", 56, QUIET, GROUND)
    return found | around("waiting", "等候 {} 人", 24, QUIET, GROUND)


def _bar(window: int, state: str, ground: Rgb, ink: Rgb) -> Image.Image:
    bar = Image.new("RGB", SIZE, GROUND)
    bar.paste(ground, (0, 0, SIZE[0], BAR))
    number, words = word(f"{window} 号", 22, ink, ground, bold=True), word(state, 22, ink, ground, bold=True)
    bar.paste(number, (8, 4))
    bar.paste(words, (SIZE[0] - 8 - words.width, 4))
    return bar.crop((0, 0, SIZE[0], BAR))


def _which(window: int, *, lit: bool) -> Image.Image:
    """Return a whole screen that says which pad this is, for whoever looks for it."""
    ground, ink = ((0xF2, 0xB1, 0x34), GROUND) if lit else (GROUND, INK)
    screen = Image.new("RGB", SIZE, ground)
    ImageDraw.Draw(screen).rectangle((3, 3, SIZE[0] - 4, SIZE[1] - 4), outline=ink, width=3)
    for text, px, top in ((str(window), 64, 14), ("请按任意键", 24, 88)):
        line = word(text, px, ink, ground, bold=True)
        screen.paste(line, ((SIZE[0] - line.width) // 2, top))
    return screen
