"""What a board says of itself before it is given a place, and how it forgets the place it had."""

from dataclasses import dataclass

import msgspec

from firmware.flasher.errors import BoardRefusedError, PlaceError

MARK = "hall24 board "

LOOK = f'''
import json, os

def read(name):
    try:
        with open(name) as file:
            return file.read().strip()
    except OSError:
        return ""

def name(text):
    try:
        return json.loads(text)["name"]
    except (ValueError, KeyError):
        return ""

found = {{"board": read("/board.id"), "name": name(read("/settings.json")), "keeps": "outbox" in os.listdir("/")}}
print("{MARK}" + json.dumps(found))
'''

FORGET = f'''
import os

def remove(path):
    for entry in os.ilistdir(path):
        name = path + "/" + entry[0]
        if entry[1] == 0x4000:
            remove(name)
        else:
            os.remove(name)
    os.rmdir(path)

for name in ("outbox", "life", "slots"):
    if name in os.listdir("/"):
        remove("/" + name)
print("{MARK}" + "forgot")
'''


@dataclass(frozen=True, slots=True)
class Look:
    """A board's own id (empty: never provisioned), the device it was, and whether it keeps facts of that device."""

    board: str
    name: str
    keeps: bool


def read(said: str, port: str) -> Look:
    """Return what a board said; raise BoardRefusedError if it said something else."""
    line = next((one for one in said.splitlines() if one.startswith(MARK)), "")
    try:
        return msgspec.json.decode(line.removeprefix(MARK), type=Look)
    except msgspec.DecodeError as error:
        raise BoardRefusedError(f"{port}: the board does not say what it is: flash it again") from error


def check(look: Look, device: str, port: str, *, forget: bool) -> None:
    """Raise PlaceError if the board may still hold another device's facts and is not told to forget them."""
    if look.keeps and look.name not in ("", device) and not forget:
        raise PlaceError(
            f"{port}: this board was {look.name} and may hold facts nobody has: plug it in at its old place until its "
            "outbox is empty, or add --forget"
        )
