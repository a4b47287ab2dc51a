"""Widgets: frozen values with a box; `layout` says what they show, where they are touched and what is read aloud."""

from hallkit.touch.widgets.actions import ActionBar
from hallkit.touch.widgets.banner import DevicePointer, FaultBanner
from hallkit.touch.widgets.base import Widget
from hallkit.touch.widgets.button import Button, Kind
from hallkit.touch.widgets.code import QrBlock, qr_height
from hallkit.touch.widgets.dialog import Dialog, StillThere
from hallkit.touch.widgets.field import Facts, Field
from hallkit.touch.widgets.header import Footer, Header, Tool
from hallkit.touch.widgets.keyboard import Keyboard, KeyWords
from hallkit.touch.widgets.keypad import Keypad
from hallkit.touch.widgets.label import Ground, Label, Tag
from hallkit.touch.widgets.machine import Machine, Slot
from hallkit.touch.widgets.photo import InkPad, Photo
from hallkit.touch.widgets.row import Card, ListRow, Tile
from hallkit.touch.widgets.steps import StepBar
from hallkit.touch.widgets.value import NumberCard, ValueCard

__all__ = [
    "ActionBar",
    "Button",
    "Card",
    "DevicePointer",
    "Dialog",
    "Facts",
    "FaultBanner",
    "Field",
    "Footer",
    "Ground",
    "Header",
    "InkPad",
    "KeyWords",
    "Keyboard",
    "Keypad",
    "Kind",
    "Label",
    "ListRow",
    "Machine",
    "NumberCard",
    "Photo",
    "QrBlock",
    "Slot",
    "StepBar",
    "StillThere",
    "Tag",
    "Tile",
    "Tool",
    "ValueCard",
    "Widget",
    "qr_height",
]
