"""What a esp32 image of our own is frozen from: the port's own parts, micropython-lib by name, and the start code.

Programs are not frozen: they come in signed releases into the slots, or in place from a read-only image.
"""

include("$(PORT_DIR)/boards/manifest.py")  # noqa: F821 - words of MicroPython's manifest files
require("ntptime")  # noqa: F821
require("ssl")  # noqa: F821
freeze("../..", ("boot.py",))  # noqa: F821
