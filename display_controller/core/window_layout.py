"""Where things stand on a window display: 192×32 and up, 320×64 and up."""

from display_controller.core.canvas import Box, Canvas
from display_controller.core.palette import Ink
from display_controller.core.scene import Look, WindowScene
from display_controller.core.texts import DESK_LABEL

INKS = {
    Look.CALLING: Ink.AMBER,
    Look.SERVING: Ink.CYAN,
    Look.FREE: Ink.GREEN,
    Look.PAUSED: Ink.RED,
    Look.CLOSED: Ink.DIM,
    Look.STALE: Ink.RED,
    Look.EMERGENCY: Ink.RED,
}
WITH_TICKET = (Look.CALLING, Look.SERVING)
LARGE = (256, 64)
NUMBER_SIZES = (46, 38, 30, 24)
SMALL_NUMBER_SIZES = (28, 24, 16)
BIG_SIZES = (50, 46, 40, 34, 28, 24, 16)
STATE_SIZES = (34, 28, 24, 16)
TICKET_SIZES = (32, 28, 24, 16)


def draw_window(canvas: Canvas, scene: WindowScene) -> None:
    """Draw one window's scene."""
    if scene.look is Look.EMERGENCY:
        _draw_emergency(canvas, scene)
    elif canvas.width >= LARGE[0] and canvas.height >= LARGE[1]:
        _draw_box(canvas, (0, 0, 80, canvas.height), scene, NUMBER_SIZES)
        _draw_large(canvas, scene)
    else:
        _draw_box(canvas, (0, 0, 42, canvas.height), scene, SMALL_NUMBER_SIZES)
        _draw_small(canvas, scene)


def _draw_box(canvas: Canvas, box: Box, scene: WindowScene, sizes: tuple[int, ...]) -> None:
    ink = INKS[scene.look]
    large = sizes is NUMBER_SIZES
    if scene.look is Look.CALLING:
        canvas.fill(box, ink)
        ink = Ink.BLACK
    else:
        canvas.outline(box, ink, 2)
    number = str(scene.window)
    px = canvas.largest(number, sizes, box[2] - 6)
    label_height = 14 if large else 0
    canvas.centred((box[0], box[1], box[2], box[3] - label_height), number, px, ink)
    if large:
        canvas.centred((box[0], box[3] - 18, box[2], 14), DESK_LABEL[scene.language], 12, ink)


def _draw_large(canvas: Canvas, scene: WindowScene) -> None:
    left, right = 92, canvas.width - 10
    calm = scene.look is not Look.CALLING
    room = right - left - canvas.text_width(scene.note, 16) - 8
    if canvas.text_width(scene.business, 16) <= room:
        canvas.text((left, 3), scene.business, 16, Ink.DIM if calm else Ink.WHITE)
    canvas.right((right, 3), scene.note, 16, Ink.WHITE)
    if scene.look in WITH_TICKET:
        state = canvas.largest(scene.state, (24, 16), 80)
        room = right - left - canvas.text_width(scene.state, state) - 8
        px = canvas.largest(scene.big, BIG_SIZES, room)
        canvas.stood((left, canvas.height - 5), scene.big, px, ticket_ink(scene))
        start = right - canvas.text_width(scene.state, state)
        canvas.stood((start, canvas.height - 12), scene.state, state, state_ink(scene))
        return
    room = right - left - (canvas.text_width(scene.detail, 16) + 8 if scene.detail else 0)
    px = canvas.largest(scene.big, STATE_SIZES, room)
    canvas.stood((left, canvas.height - 9), scene.big, px, INKS[scene.look])
    canvas.right((right, canvas.height - 22), scene.detail, 16, Ink.DIM)


def _draw_small(canvas: Canvas, scene: WindowScene) -> None:
    left, right, height = 50, canvas.width - 6, canvas.height
    if scene.look in WITH_TICKET:
        room = right - left - canvas.text_width(scene.state_short, 16) - 4
        px = canvas.largest(scene.big, TICKET_SIZES, room)
        canvas.centred((left + 2, 0, canvas.text_width(scene.big, px), height), scene.big, px, ticket_ink(scene))
        canvas.right((right, (height - 16) // 2), scene.state_short, 16, state_ink(scene))
        return
    if not scene.note or scene.look is Look.FREE:
        px = canvas.largest(scene.big, SMALL_NUMBER_SIZES, right - left)
        canvas.centred((left, 0, right - left, height), scene.big, px, INKS[scene.look])
        return
    _draw_with_note(canvas, scene, (left, 0, right - left, height))


def _draw_with_note(canvas: Canvas, scene: WindowScene, box: Box) -> None:
    """Put a state and its time side by side when both fit, else one above the other."""
    left, _, room, height = box
    words = scene.note.split(" ")
    note_width = max(canvas.text_width(word, 16) for word in words)
    state = canvas.text_width(scene.big, 24)
    if len(words) == 2 and state + note_width + 4 <= room and height >= 32:
        canvas.centred((left - 4, 0, state, height), scene.big, 24, INKS[scene.look])
        for row, word in enumerate(words):
            canvas.centred((left + room - note_width, row * 16, note_width, 16), word, 16, Ink.WHITE)
        return
    canvas.centred((left, 0, room, height // 2), scene.big, 16, INKS[scene.look])
    canvas.centred((left, height // 2, room, height // 2), scene.note, 16, Ink.WHITE)


def _draw_emergency(canvas: Canvas, scene: WindowScene) -> None:
    canvas.outline((0, 0, canvas.width, canvas.height), Ink.RED, 2)
    px = canvas.largest(scene.big, BIG_SIZES if canvas.height >= LARGE[1] else SMALL_NUMBER_SIZES, canvas.width - 12)
    canvas.centred((0, 0, canvas.width, canvas.height), scene.big, px, Ink.AMBER)


def ticket_ink(scene: WindowScene) -> Ink:
    """Return the ink of a ticket: amber while it is called, white while it is served."""
    return Ink.AMBER if scene.look is Look.CALLING else Ink.WHITE


def state_ink(scene: WindowScene) -> Ink:
    """Return the ink of the words beside a ticket."""
    return Ink.AMBER if scene.look is Look.CALLING else Ink.DIM
