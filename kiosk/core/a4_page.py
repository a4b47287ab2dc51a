"""What an A4 printer is given: a guide to take home, or a notice, as PDF pages of 200 dots per inch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO

from PIL import Image

from contract.catalogue import GuideMaterial, ItemGuide, Need, TopicGuide
from hallkit.devices.slip import qr_picture
from hallkit.text.draw import draw_block
from hallkit.text.fonts import FontLibrary
from hallkit.text.layout import lay_out

SIZE = 1654, 2339
MARGIN = 150
WIDTH = SIZE[0] - 2 * MARGIN
INK, PAPER = (0, 0, 0), (255, 255, 255)
DOTS_PER_INCH = 200
CODE = 330
TITLE, HEAD, TEXT, SMALL = 64, 40, 32, 26
NEEDS = {Need.REQUIRED: "必须带", Need.DEFERRABLE: "可以后补", Need.PROMISABLE: "可以承诺代替"}


@dataclass(slots=True)
class _Pages:
    """Pages under way: text is set from the top and goes on, on the next page, where one is full."""

    fonts: FontLibrary
    pages: list[Image.Image] = field(default_factory=list)
    y: int = SIZE[1]

    def text(self, text: str, px: int, *, bold: bool = False, gap: int = 16, indent: int = 0) -> None:
        """Set wrapped text below what is there."""
        block = lay_out(text, self.fonts.ui(px, bold), WIDTH - indent, leading=1.4)
        self.reserve(block.height)
        draw_block(self.pages[-1], (MARGIN + indent, self.y), block, INK)
        self.y += block.height + gap

    def reserve(self, height: int) -> None:
        """Begin a new page where `height` dots are not left."""
        if self.y + height > SIZE[1] - MARGIN:
            self.pages.append(Image.new("RGB", SIZE, PAPER))
            self.y = MARGIN

    def code(self, link: str, text: str) -> None:
        """Set a QR code with what it opens."""
        self.reserve(CODE + 60)
        picture = qr_picture(link).convert("RGB").resize((CODE, CODE), Image.Resampling.NEAREST)
        self.pages[-1].paste(picture, (MARGIN, self.y))
        self.y += CODE + 8
        self.text(text, SMALL)

    def pdf(self, title: str, now: datetime) -> bytes:
        """Return the pages as one document."""
        return _pdf(self.pages, title, now)


def guide_pdf(guide: ItemGuide | TopicGuide, materials: Sequence[GuideMaterial], hall: str, link: str, now: datetime,
              fonts: FontLibrary) -> bytes:  # fmt: skip
    """Return a guide to take home: what to bring, how long it takes, what it costs, and the newest version by code."""
    pages = _Pages(fonts)
    pages.text(hall, TEXT, gap=8)
    pages.text(f"{guide.name}　办事指南", TITLE, bold=True, gap=24)
    pages.text(f"承诺 {guide.promise_days} 个工作日　费用 {_fee(guide.fee_cents)}", HEAD, bold=True, gap=28)
    pages.text("要带的材料", HEAD, bold=True)
    for number, one in enumerate(materials, 1):
        pages.text(f"{number}. {one.name}（{NEEDS[one.need]}）　{one.source}", TEXT, indent=20, gap=8)
    pages.y += 20
    if isinstance(guide, ItemGuide):
        blocks = guide.blocks
        named = (
            ("依据和条件", blocks.basis),
            ("流程和时限", blocks.timing),
            ("收费", blocks.fees),
            ("注意", blocks.notes),
        )
        for title, text in named:
            pages.text(title, HEAD, bold=True)
            pages.text(text, TEXT, gap=24)
    pages.code(link, "扫码看最新的办事指南")
    pages.text(f"第 {guide.version} 版　打印于 {now:%Y-%m-%d %H:%M}", SMALL)
    return pages.pdf(guide.name, now)


def notice_pdf(slip: Image.Image, title: str, now: datetime) -> bytes:
    """Return a slip's picture as A4 pages, a fifth larger than on the roll, cut where it does not fit."""
    scale = 1.2 * DOTS_PER_INCH / 203
    grown = slip.convert("RGB").resize(
        (round(slip.width * scale), round(slip.height * scale)), Image.Resampling.LANCZOS
    )
    room, pages = SIZE[1] - 2 * MARGIN, []
    for top in range(0, grown.height, room):
        page = Image.new("RGB", SIZE, PAPER)
        part = grown.crop((0, top, grown.width, min(top + room, grown.height)))
        page.paste(part, ((SIZE[0] - grown.width) // 2, MARGIN))
        pages.append(page)
    return _pdf(pages, title, now)


def _pdf(pages: Sequence[Image.Image], title: str, now: datetime) -> bytes:
    out, day = BytesIO(), now.utctimetuple()
    pages[0].save(
        out, "PDF", save_all=True, append_images=pages[1:], resolution=DOTS_PER_INCH, title=title, producer="hall24",
        creationDate=day, modDate=day,
    )  # fmt: skip
    return out.getvalue()


def _fee(cents: int) -> str:
    return "不收费" if not cents else f"{cents / 100:.2f} 元"
