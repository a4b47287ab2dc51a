"""Line icons on a 48×48 grid as data: lines, circles, discs, rounded rectangles and arcs."""

from typing import Literal

Shape = tuple[Literal["line", "circle", "disc", "rect", "block", "arc"], tuple[float, ...]]
"""line x y x y …; circle and disc x y r; rect and block (filled) left top right bottom r; arc x y r from to (degrees
clockwise from three o'clock)."""


def _line(*points: float) -> Shape:
    return "line", points


def _circle(*place: float) -> Shape:
    return "circle", place


def _disc(*place: float) -> Shape:
    return "disc", place


def _rect(*place: float) -> Shape:
    return "rect", place


def _arc(*place: float) -> Shape:
    return "arc", place


def _block(*place: float) -> Shape:
    return "block", place


SHAPES: dict[str, tuple[Shape, ...]] = {
    "back": (_line(29, 11, 16, 24, 29, 37),),
    "next": (_line(19, 11, 32, 24, 19, 37),),
    "up": (_line(11, 29, 24, 16, 37, 29),),
    "down": (_line(11, 19, 24, 32, 37, 19),),
    "home": (_line(6, 24, 24, 7, 42, 24), _line(11, 20, 11, 41, 37, 41, 37, 20)),
    "help": (_circle(24, 15, 8.5), _arc(24, 42, 16, 180, 360)),
    "language": (_circle(24, 24, 18), _line(6, 24, 42, 24), _arc(8, 24, 24, -48, 48), _arc(40, 24, 24, 132, 228)),
    "elder": (_line(8, 17, 40, 17), _line(24, 6, 24, 17, 21, 27, 9, 41), _line(25, 24, 30, 33, 40, 41)),
    "lower": (_line(24, 6, 24, 31), _line(13, 21, 24, 32, 35, 21), _line(8, 41, 40, 41)),
    "contrast": (_circle(24, 24, 18), _arc(24, 24, 11, -90, 90), _line(24, 6, 24, 42), _arc(24, 24, 5, -90, 90)),
    "camera": (
        _line(6, 15, 14, 15, 18, 8, 30, 8, 34, 15, 42, 15, 42, 39, 6, 39, 6, 15),
        _circle(24, 26, 8),
    ),
    "printer": (
        _line(14, 18, 14, 6, 34, 6, 34, 18),
        _line(14, 35, 9, 35, 6, 32, 6, 21, 9, 18, 39, 18, 42, 21, 42, 32, 39, 35, 34, 35),
        _rect(14, 28, 34, 42, 2),
    ),
    "paper": (
        _line(28, 6, 11, 6, 11, 42, 37, 42, 37, 15, 28, 6, 28, 15, 37, 15),
        _line(18, 25, 30, 25),
        _line(18, 33, 30, 33),
    ),
    "card": (
        _rect(5, 10, 43, 38, 4),
        _circle(17, 20.5, 4),
        _arc(17, 32, 7, 195, 345),
        _line(29, 19, 37, 19),
        _line(29, 28, 37, 28),
    ),
    "qr": (
        _rect(6, 6, 20, 20, 1),
        _rect(28, 6, 42, 20, 1),
        _rect(6, 28, 20, 42, 1),
        _line(28, 28, 33, 28),
        _line(41, 28, 41, 32),
        _line(35, 34, 35, 34),
        _line(28, 35, 28, 41),
        _line(35, 41, 41, 41),
    ),
    "clock": (_circle(24, 24, 18), _line(24, 13, 24, 24, 32, 28)),
    "people": (
        _circle(18, 15, 7.5),
        _arc(18, 40, 14, 180, 360),
        _arc(31, 15, 7.5, -75, 75),
        _arc(30, 40, 14, -60, 0),
    ),
    "check": (_line(8, 25, 19, 36, 40, 13),),
    "check_disc": (_circle(24, 24, 18), _line(15, 25, 22, 31, 33, 18)),
    "warn": (_line(24, 6, 44, 41, 4, 41, 24, 6), _line(24, 19, 24, 29), _disc(24, 35, 2.3)),
    "stop": (_rect(7, 7, 41, 41, 4), _line(17, 24, 31, 24)),
    "ring": (_arc(24, 24, 18, -90, 180),),
    "voice": (
        _line(6, 18, 13, 18, 24, 8, 24, 40, 13, 30, 6, 30, 6, 18),
        _arc(26, 24, 8, -48, 48),
        _arc(26, 24, 16, -48, 48),
    ),
    "phone": (_rect(13, 4, 35, 44, 5), _line(21, 37, 27, 37)),
    "calendar": (
        _rect(6, 10, 42, 42, 4),
        _line(15, 5, 15, 13),
        _line(33, 5, 33, 13),
        _line(6, 19, 42, 19),
        _line(17, 30, 22, 35, 31, 26),
    ),
    "question": (_circle(24, 24, 18), _arc(24, 19.5, 5.5, 180, 410), _line(24, 26, 24, 27.5), _disc(24, 34, 2.3)),
    "close": (_line(10, 10, 38, 38), _line(38, 10, 10, 38)),
    "delete": (_line(16, 9, 43, 9, 43, 39, 16, 39, 5, 24, 16, 9), _line(22, 18, 34, 30), _line(34, 18, 22, 30)),
    "search": (_circle(20, 20, 13), _line(29.5, 29.5, 42, 42)),
    "chat": (
        _line(6, 10, 42, 10, 42, 34, 22, 34, 14, 42, 14, 34, 6, 34, 6, 10),
        _line(15, 18, 33, 18),
        _line(15, 26, 27, 26),
    ),
    "apply": (_rect(9, 5, 39, 43, 3), _line(17, 15, 31, 15), _line(17, 23, 31, 23), _line(18, 32, 22, 36, 30, 29)),
    "complain": (
        _line(6, 19, 6, 29, 12, 29, 33, 40, 33, 8, 12, 19, 6, 19),
        _line(12, 29, 15, 40, 20, 40),
        _line(41, 19, 41, 29),
    ),
    "ticket": (
        _line(5, 12, 43, 12, 43, 20, 40, 24, 43, 28, 43, 36, 5, 36, 5, 12),
        _line(13, 20, 22, 20),
        _line(13, 28, 22, 28),
        _line(31, 19, 31, 20),
        _line(31, 28, 31, 29),
    ),
    "star": (
        _line(
            24, 5, 29.6, 17.4, 43, 18.8, 33, 27.8, 35.8, 41, 24, 34.3, 12.2, 41, 15, 27.8, 5, 18.8, 18.4, 17.4, 24, 5
        ),
    ),
    "lock": (_rect(9, 21, 39, 42, 4), _line(15, 21, 15, 14), _arc(24, 15, 9, 180, 360), _line(33, 14, 33, 21)),
    "refresh": (_arc(24, 24, 17, -20, 280), _line(41, 8, 41, 18, 31, 18)),
    "moon": (_arc(24, 24, 18, 9, 261), _arc(34, 14, 15, 58.8, 211.2)),
    "place": (_arc(24, 19, 14, 150, 390), _line(11.9, 26, 24, 43, 36.1, 26), _circle(24, 19, 4.5)),
    "pen": (_line(8, 40, 10, 31, 33, 8, 40, 15, 17, 38, 8, 40), _line(28, 13, 35, 20)),
    "doorway": (
        _line(12.5, 39, 12.5, 21),
        _arc(24, 21, 11.5, 180, 360),
        _line(35.5, 21, 35.5, 39),
        _line(8.5, 39, 39.5, 39),
    ),
    "arrow": (_line(24, 6, 24, 40), _line(10, 27, 24, 41, 38, 27)),
}
