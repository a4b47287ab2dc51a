"""Where things stand on a hall display: a table of calls in columns, or up to three centred lines."""

from display_controller.core.canvas import Box, Canvas
from display_controller.core.palette import Ink
from display_controller.core.scene import PAUSE, PageScene, Row, TableScene

COLUMN = 162
ROW = 27
FOOT = 20
TICKET_SIZES = (26, 24, 16)
TITLE_SIZES = (37, 33, 28, 24, 16)
SECOND_SIZES = (24, 16)
CLOCK_FROM = 256


def cells(size: tuple[int, int]) -> list[Box]:
    """Return the box of each row of the table, newest first: down the first column, then the next."""
    width, height = size
    columns = max(1, (width + 4) // COLUMN)
    pitch = (width + 4) // columns
    down = (height - FOOT) // ROW
    return [(column * pitch, row * ROW, pitch - 4, ROW - 1) for column in range(columns) for row in range(down)]


def draw_table(canvas: Canvas, scene: TableScene) -> None:
    """Draw the latest calls, as many as the panel has cells for, and the line below."""
    boxes = cells((canvas.width, canvas.height))
    for box, row in zip(boxes, scene.rows, strict=False):
        _draw_row(canvas, box, row, scene.desk)
    bottom = (canvas.height - FOOT) // ROW * ROW
    for left in sorted({box[0] for box in boxes} - {0}):
        canvas.dotted((left - 3, 0, 1, bottom), Ink.RED)
    canvas.dotted((0, bottom, canvas.width, 1), Ink.RED)
    top = bottom + (canvas.height - bottom - 16) // 2 + 1
    room = canvas.width - 16 - canvas.text_width(scene.clock, 16)
    notice = scene.notice if canvas.text_width(scene.notice, 16) <= room else scene.notice.partition(PAUSE)[0]
    canvas.text((4, top), canvas.cut(notice, 16, room), 16, Ink.RED)
    canvas.right((canvas.width - 4, top), scene.clock, 16, Ink.AMBER)


def _draw_row(canvas: Canvas, box: Box, row: Row, desk: str) -> None:
    left, top, width, height = box
    if row.inverted:
        canvas.fill(box, Ink.AMBER)
    ticket, window, arrow = (Ink.BLACK,) * 3 if row.inverted else (Ink.AMBER, Ink.GREEN, Ink.RED)
    number, end = str(row.window), left + width - 42
    px = canvas.largest(row.ticket, TICKET_SIZES, 66)
    canvas.centred((left + 4, top, canvas.text_width(row.ticket, px), height), row.ticket, px, ticket)
    px = canvas.largest(number, TICKET_SIZES, end - left - 84)
    span = canvas.text_width(number, px)
    canvas.centred((end - span, top, span, height), number, px, window)
    canvas.arrow((left + 73, top + 6), 14, arrow)
    canvas.centred((left + width - 36, top, 32, height), desk, 16, window)


def draw_page(canvas: Canvas, scene: PageScene) -> None:
    """Draw up to three lines, spread over the height."""
    if scene.framed:
        canvas.outline((0, 0, canvas.width, canvas.height), Ink.RED, 1)
    room = canvas.width - 16
    second_sizes = (16,) if scene.framed else SECOND_SIZES
    lines = [
        (scene.title, canvas.largest(scene.title, TITLE_SIZES if canvas.height >= 96 else (24, 16), room), Ink.AMBER),
        (scene.second, canvas.largest(scene.second, second_sizes, room), Ink.GREEN),
        (scene.third, 16, Ink.RED),
    ]
    shown = [line for line in lines if line[0]]
    gap = (canvas.height - sum(px for _, px, _ in shown)) // (len(shown) + 1)
    top = gap
    for text, px, ink in shown:
        canvas.centred((0, top, canvas.width, px), text, px, ink)
        top += px + gap
    if canvas.width >= CLOCK_FROM:
        canvas.right((canvas.width - 4, canvas.height - 18), scene.clock, 16, Ink.AMBER)
