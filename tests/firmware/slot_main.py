"""Starts a board as its own start code does: `slot_main.py SETTINGS`, beside `boot.py`, `start`, `a` and `b`."""

import sys

root = sys.argv[1].rsplit("/", 1)[0]
sys.path.insert(0, root)
__import__("boot").start(root, sys.argv[1])
