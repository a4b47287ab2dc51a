"""The mode an ESP32 says it started in, and what to press (Espressif, "Boot Mode Selection" of esptool's manual)."""

IO5, IO15, IO4, IO2, IO0, IO12 = 1, 2, 4, 8, 16, 32

PRESS = r"""
      +----------------------------+
      |  [=====]   ESP32    [====] |      1.  hold   BOOT (also marked IO0, FLASH)
  USB |                            |      2.  tap    RST  (also marked EN)
  ====|  (BOOT)            (RST)   |      3.  let go BOOT
      |   hold              tap    |      4.  start the same command again, with --by-hand
      +----------------------------+
"""


def told(mode: int) -> str:
    """Return one sentence about `boot:0x…`: why no image can be taken, and what to do about it."""
    seen = f"the board started in mode {mode:#04x}"
    if mode & IO12:
        return f"{seen} with IO12 high, which gives its flash 1.8 V: take off whatever is wired to IO12 and start again"
    if mode & IO0:
        return f"{seen}, its own program: hold BOOT, tap RST, let go of BOOT, then run the same command with --by-hand"
    if mode & IO2:
        return f"{seen} with IO2 high, in which it takes no image: take off whatever is wired to IO2 and start again"
    return f"{seen}, ready for an image, but hears nothing: change the cable, and check the wire from TX to the chip"
