"""Runs inside MicroPython's unix port and gives it a board's serial port: REPL, raw REPL, raw paste, soft reset.

`raw_repl_port.py FOLDER MODE`: FOLDER becomes the root of the file system, MODE is `main` or, after a soft reset out of
the raw REPL, `raw`. Standard error tells `P` when it waits at a prompt, `R` when a program runs and can be interrupted,
`E` when it ended. Exit code 3 is a soft reset out of the raw REPL, 4 any other.
"""

import sys

import vfs

WINDOW = 128
RESET_RAW, RESET = 3, 4
BANNER = b"\r\nMicroPython v%d.%d.%d on unix; simulated board\r\n>>> "
RAW_BANNER = b"raw REPL; CTRL-B to exit\r\n>"


class Rooted:
    """A folder of the host as a board's whole file system: what the port's own rooted one cannot rename in."""

    def __init__(self, folder: str) -> None:
        self._files = vfs.VfsPosix()
        self._folder, self._here = folder, "/"

    def _real(self, path: str) -> str:
        parts: list[str] = []
        for part in (path if path.startswith("/") else self._here + "/" + path).split("/"):
            if part == "..":
                parts = parts[:-1]
            elif part not in ("", "."):
                parts.append(part)
        return self._folder + "/" + "/".join(parts)

    def mount(self, readonly: bool, mkfs: bool) -> None:
        """Be mounted."""

    def umount(self) -> None:
        """Be taken away."""

    def open(self, path: str, mode: str) -> object:
        """Open a file."""
        return self._files.open(self._real(path), mode)

    def chdir(self, path: str) -> None:
        """Go to a folder."""
        real = self._real(path)
        self._files.stat(real)
        self._here = real[len(self._folder) :]

    def getcwd(self) -> str:
        """Tell the folder."""
        return self._here

    def ilistdir(self, path: str) -> object:
        """List a folder."""
        return self._files.ilistdir(self._real(path))

    def mkdir(self, path: str) -> None:
        """Make a folder."""
        self._files.mkdir(self._real(path))

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._files.remove(self._real(path))

    def rmdir(self, path: str) -> None:
        """Remove a folder."""
        self._files.rmdir(self._real(path))

    def rename(self, old: str, new: str) -> None:
        """Give a file another name."""
        self._files.rename(self._real(old), self._real(new))

    def stat(self, path: str) -> object:
        """Tell what a path is."""
        return self._files.stat(self._real(path))

    def statvfs(self, path: str) -> object:
        """Tell how much room there is."""
        return self._files.statvfs(self._folder)


def say(data: bytes) -> None:
    """Put bytes on the line."""
    sys.stdout.buffer.write(data)


def read(count: int) -> bytes:
    """Take bytes off the line; its end ends the board."""
    data = sys.stdin.buffer.read(count)
    if not data:
        sys.exit(0)
    return data


def run(code: str, name: str, names: dict[str, object]) -> None:
    """Run a program until it ends, fails or is interrupted."""
    program = compile(code, name, "exec")
    try:
        sys.stderr.write("R")
        exec(program, names)
    finally:
        sys.stderr.write("E")


def run_file(name: str, names: dict[str, object]) -> None:
    """Run a file of the board, if it is there."""
    try:
        with open(name) as file:  # noqa: PTH123 - MicroPython has no pathlib
            code = file.read()
    except OSError:
        return
    try:
        run(code, name, names)
    except KeyboardInterrupt:
        say(b"\r\nKeyboardInterrupt: \r\n")
    except Exception as error:
        sys.print_exception(error, sys.stdout)  # type: ignore[attr-defined]


def raw_run(code: str, names: dict[str, object]) -> None:
    """Run what came over the raw REPL; the output, then what went wrong, each closed by Ctrl-D."""
    try:
        run(code, "<stdin>", names)
        say(b"\x04")
    except (Exception, KeyboardInterrupt) as error:
        say(b"\x04")
        sys.print_exception(error, sys.stdout)  # type: ignore[attr-defined]
    say(b"\x04>")


def paste() -> str | None:
    """Take a program by raw paste, a window at a time; None if it was broken off."""
    say(b"R\x01" + bytes((WINDOW & 255, WINDOW >> 8, 1)))
    code, room = bytearray(), 2 * WINDOW
    while True:
        byte = read(1)
        if byte == b"\x04":
            say(b"\x04")
            return code.decode()
        if byte == b"\x03":
            say(b"\x04")
            return None
        code += byte
        room -= 1
        if room == WINDOW:
            room += WINDOW
            say(b"\x01")


def raw_repl(names: dict[str, object]) -> None:
    """Serve a host's tool until Ctrl-B."""
    code = b""
    say(RAW_BANNER)
    while True:
        sys.stderr.write("P")
        byte = read(1)
        if byte == b"\x01":
            code = b""
            say(RAW_BANNER)
        elif byte == b"\x02":
            return
        elif byte == b"\x03":
            code = b""
        elif byte == b"\x05" and not code:
            pasted = paste() if read(2) == b"A\x01" else None
            if pasted is not None:
                raw_run(pasted, names)
        elif byte == b"\x04":
            if not code.strip():
                say(b"OK\r\nMPY: soft reboot\r\n")
                sys.exit(RESET_RAW)
            say(b"OK")
            raw_run(code.decode(), names)
            code = b""
        else:
            code += byte


def repl(names: dict[str, object], banner: bytes) -> None:
    """Serve a person, who can only leave: by Ctrl-A into the raw REPL, by Ctrl-D into a soft reset."""
    say(banner)
    while True:
        sys.stderr.write("P")
        byte = read(1)
        if byte == b"\x01":
            raw_repl(names)
            say(banner)
        elif byte == b"\x02":
            say(banner)
        elif byte == b"\x03":
            say(b"\r\n>>> ")
        elif byte == b"\x04":
            say(b"\r\nMPY: soft reboot\r\n")
            sys.exit(RESET)


def main(folder: str, mode: str) -> None:
    """Start as a board does: boot.py, main.py, then the prompt; after a raw soft reset without main.py."""
    vfs.umount("/")
    vfs.mount(Rooted(folder), "/")
    sys.path[:] = ["", ".frozen", "/lib"]
    names: dict[str, object] = {"__name__": "__main__"}
    run_file("boot.py", names)
    if mode == "raw":
        raw_repl(names)
    else:
        try:
            run_file("main.py", names)
        except SystemExit:
            say(b"\r\nMPY: soft reboot\r\n")
            sys.exit(RESET)
    while True:
        try:
            repl(names, BANNER % sys.implementation.version[:3])
        except KeyboardInterrupt:
            continue


main(sys.argv[1], sys.argv[2])
