"""What a board knows of its earlier lives: boots, the last reset's cause and who was silent then."""

import json

from h24.flash_files import FlashFiles

LONGEST_NOTE = 120


class Life:
    """Two small files: `boots` counts starts, `note` is written in need and read at the next start."""

    def __init__(self, folder, cause):
        self._files = FlashFiles(folder)
        self.cause = cause
        self.note = self._read("note")
        self.boots = int(self._read("boots") or "0") + 1
        self._write("boots", str(self.boots))
        if self.note:
            self._write("note", "")

    def keep(self, text):
        """Keep a line over the reset that may follow."""
        self._write("note", text[:LONGEST_NOTE])

    def set_boots(self, boots):
        """Count on from `boots`: what is named after a start must never meet its name again."""
        self.boots = boots
        self._write("boots", str(boots))

    def told(self):
        """Return what the device's state says of its earlier lives."""
        return {"boots": self.boots, "reset": self.cause, "last_words": self.note, "tampered": self.tamper_count()}

    def tampered(self, what, now):
        """Add a line to the tamper record, which is never shortened by the device."""
        with self._files.open("tamper", "ab") as file:
            file.write(json.dumps([now, self.boots, what[:40]]).encode() + b"\n")
            self._files.sync(file)

    def tamper_count(self):
        """Return how many lines the tamper record has."""
        if "tamper" not in self._files.listdir():
            return 0
        with self._files.open("tamper", "rb") as file:
            return len(file.read().split(b"\n")) - 1

    def _read(self, name):
        if name not in self._files.listdir():
            return ""
        with self._files.open(name, "rb") as file:
            return file.read().decode()

    def _write(self, name, text):
        with self._files.open(name + ".new", "wb") as file:
            file.write(text.encode())
            self._files.sync(file)
        self._files.rename(name + ".new", name)
