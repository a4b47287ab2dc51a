"""Chooses which release runs. No update ever writes this file or the folder `start` (h24's slots and flash_files)."""

import sys


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
