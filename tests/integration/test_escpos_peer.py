"""ESC/POS commands against python-escpos, which nobody here wrote: its bytes are our bytes."""

import pytest
from escpos.printer import Dummy
from PIL import Image

from hallkit.codecs.escpos import (
    Align,
    Alignment,
    Bold,
    CodePage,
    Command,
    CommandDecoder,
    Cut,
    FeedLines,
    Init,
    Inverse,
    LineFeed,
    LineSpacing,
    Raster,
    Size,
    Text,
    encode,
    qr_code,
)  # fmt: skip


def of_python_escpos(emit: object) -> bytes:
    printer = Dummy()
    emit(printer)  # type: ignore[operator]
    return bytes(printer.output)


BLACK_DOT = Image.new("1", (16, 2), 1)
BLACK_DOT.putpixel((0, 1), 0)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    ("emit", "ours"),
    [
        (lambda p: p.hw("INIT"), (Init(),)),
        (lambda p: p.text("取号成功\n"), (Text.gb18030("取号成功"), LineFeed())),
        (lambda p: p.text("A042\n"), (CodePage(0), Text(b"A042"), LineFeed())),
        (lambda p: p.cut(), (FeedLines(6), Cut())),
        (lambda p: p.cut(mode="PART"), (FeedLines(6), Cut(partial=True))),
        (lambda p: p.print_and_feed(3), (FeedLines(3),)),
        (lambda p: p.line_spacing(40), (LineSpacing(40),)),
        (
            lambda p: p.set(align="center", bold=True, width=2, height=2, custom_size=True, invert=True),
            (Size(2, 2), Bold(), Align(Alignment.CENTRE), Inverse()),
        ),
        (lambda p: p.qr("https://demo.example/q/1", native=True, size=6, ec=1), qr_code("https://demo.example/q/1")),
        (lambda p: p.image(BLACK_DOT, impl="bitImageRaster", center=False), (Raster(2, b"\x00\x00\x80\x00"),)),
    ],
)
def test_our_bytes_are_those_of_python_escpos(emit: object, ours: tuple[Command, ...]) -> None:
    theirs = of_python_escpos(emit)
    assert encode(ours) == theirs
    assert CommandDecoder().feed(theirs) == list(ours)
