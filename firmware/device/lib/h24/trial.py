"""A release on trial: what judges it is loaded only then, no other start pays for it."""

TRIAL_SECONDS = 300
"""How long a release has to prove itself."""


def open_gate(settings, root, now):
    """Return the gate that keeps or leaves the release on trial below `root`."""
    from h24.flash_files import FlashFiles
    from h24.health_gate import HealthGate
    from h24.slots import Slots

    return HealthGate(Slots(FlashFiles(root + "/slots")), settings.get("trial_seconds", TRIAL_SECONDS) * 1000, now)
