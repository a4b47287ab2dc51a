"""Runs the checks of one module on any Python, MicroPython too: `run_checks.py DEVICE_LIB CHECKS module`."""

import asyncio
import sys


def run(check):
    """Run one check, awaiting it if it wants that."""
    result = check()
    if hasattr(result, "send"):
        asyncio.run(result)


def names(module):
    """Return the names of a module's checks."""
    return sorted(name for name in dir(module) if name.startswith("test_"))


def main(device, checks, wanted):
    sys.path[:0] = [device + "/lib", device, checks]
    module = __import__(wanted)
    failed = 0
    for name in names(module):
        try:
            run(getattr(module, name))
            print("ok", name)
        except Exception as error:
            failed += 1
            print("FAILED", name, repr(error))
            if hasattr(sys, "print_exception"):
                sys.print_exception(error)
            else:
                raise
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:4]))
