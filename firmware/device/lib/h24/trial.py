"""A release on trial: what judges it is loaded only then, no other start pays for it."""

TRIAL_MS = 300000
"""Milliseconds a release has to prove itself."""


def open_gate(root, now):
    """Return the gate that keeps or leaves the release on trial below `root`."""
    from h24.flash_files import FlashFiles
    from h24.health_gate import HealthGate
    from h24.slots import Slots

    return HealthGate(Slots(FlashFiles(root + "/slots")), TRIAL_MS, now)
