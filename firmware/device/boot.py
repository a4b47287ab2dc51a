"""Chooses which release runs and starts it. No update ever writes this file or the folder `start`."""

import sys

RESET = 3
"""What the simulated board exits with where a real one resets."""


def choose(root):
    """Put the folder of the release that is to run on the path; return whether it is on trial."""
    sys.path.insert(0, root + "/start")
    from h24.flash_files import FlashFiles
    from h24.slots import Slots

    slots = Slots(FlashFiles(root + "/slots"))
    folder = slots.start()
    for name in [one for one in sys.modules if one.startswith("h24")]:
        del sys.modules[name]
    sys.path[0] = root + "/" + folder
    return bool(slots.state)


def start(root, settings):
    """Run the chosen release by the settings file; one that cannot even begin costs a start and is left by counting."""
    trial = choose(root)
    try:
        __import__("main").main(settings, trial)
    except Exception as error:
        print("the release did not run:", type(error).__name__, error)
        reset()


def reset():
    """Start again."""
    try:
        import machine
    except ImportError:
        sys.exit(RESET)
    getattr(machine, "reset", lambda: sys.exit(RESET))()
