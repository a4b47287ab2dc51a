"""The process that holds a camera: a picture on standard output for every byte on standard input.

A picture is width and height (four bytes each, high byte first) and RGB bytes. Run by `V4l2Camera`:
`python -m kiosk.drivers.v4l2_child /dev/video0 2592 1944`.
"""

import struct
import sys
from importlib import import_module

HEADER = struct.Struct(">II")
REQUEST = b"\n"
NO_EXTRA, NO_CAMERA, NO_PICTURE = 3, 4, 5
WARM_UP = 4
"""Pictures a camera spoils before its exposure is right."""


def main(device: str, width: int, height: int) -> int:
    """Serve pictures until standard input ends; return an exit code that names what is wrong."""
    try:
        cv2 = import_module("cv2")
    except ImportError as error:
        sys.stderr.write(f"{error}\n")
        return NO_EXTRA
    camera = cv2.VideoCapture(device, cv2.CAP_V4L2)
    camera.set(cv2.CAP_PROP_FRAME_WIDTH, width)
    camera.set(cv2.CAP_PROP_FRAME_HEIGHT, height)
    camera.set(cv2.CAP_PROP_BUFFERSIZE, 1)
    if not camera.isOpened():
        sys.stderr.write("the device cannot be opened as a camera\n")
        return NO_CAMERA
    wait = WARM_UP
    while sys.stdin.buffer.read(len(REQUEST)):
        for _ in range(wait):
            camera.grab()
        wait = 1
        is_good, picture = camera.read()
        if not is_good:
            sys.stderr.write("the camera gives no picture\n")
            return NO_PICTURE
        rgb = cv2.cvtColor(picture, cv2.COLOR_BGR2RGB)
        sys.stdout.buffer.write(HEADER.pack(rgb.shape[1], rgb.shape[0]) + rgb.tobytes())
        sys.stdout.buffer.flush()
    camera.release()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
