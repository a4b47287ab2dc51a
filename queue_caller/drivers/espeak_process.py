"""A program like `espeak-ng --stdin --stdout` on the library in the pip package espeakng-loader.

The library is under GPL-3, hence its own process. The calls are those of espeak-ng's public header `speak_lib.h`.
"""

import ctypes
import importlib
import sys
from collections.abc import Sequence

SYNCHRONOUS = 2
RATE_PARAMETER = 1
POSITION_CHARACTER = 1
UTF8 = 1
WAV_STREAM_HEADER = bytes.fromhex("52494646 24f0ff7f 57415645 666d7420 10000000 01000100 22560000 44ac0000 02001000")
WAV_STREAM_DATA = b"data" + bytes.fromhex("00f0ff7f")

_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def main(arguments: Sequence[str]) -> int:
    """Speak standard input to standard output as WAV with the voice after -v at the speed after -s."""
    voice, speed = _after(arguments, "-v"), int(_after(arguments, "-s"))
    espeakng_loader = importlib.import_module("espeakng_loader")
    library = ctypes.CDLL(espeakng_loader.get_library_path())
    pieces: list[bytes] = []

    def collect(samples: "ctypes._Pointer[ctypes.c_short]", count: int, _events: int | None) -> int:
        if count > 0:
            pieces.append(ctypes.string_at(samples, count * 2))
        return 0

    callback = _CALLBACK(collect)
    rate = library.espeak_Initialize(SYNCHRONOUS, 0, espeakng_loader.get_data_path().encode(), 0)
    if rate <= 0 or library.espeak_SetVoiceByName(voice.encode()) != 0:
        sys.stderr.write(f"no voice {voice} in espeakng-loader\n")
        return 1
    library.espeak_SetSynthCallback(callback)
    library.espeak_SetParameter(RATE_PARAMETER, speed, 0)
    text = sys.stdin.buffer.read() + b"\0"
    library.espeak_Synth(text, len(text), 0, POSITION_CHARACTER, 0, UTF8, None, None)
    library.espeak_Synchronize()
    sys.stdout.buffer.write(WAV_STREAM_HEADER + WAV_STREAM_DATA + b"".join(pieces))
    return 0


def _after(arguments: Sequence[str], flag: str) -> str:
    return arguments[arguments.index(flag) + 1]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
