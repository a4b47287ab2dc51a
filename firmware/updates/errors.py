"""Errors of the update service; each message is one sentence that says what to do."""


class UpdatesError(Exception):
    """Something with a release or its rollout failed; the message says what the operator should do."""


class ReleaseError(UpdatesError):
    """A release is not what its signed manifest says, is not for this place, or may not be used any more."""


class RolloutError(UpdatesError):
    """A rollout cannot be planned, or was told something it does not know."""


class AuditError(UpdatesError):
    """The audit was changed after it was written."""


class FeedbackError(UpdatesError):
    """A device said what the interface does not know."""


class SlotError(UpdatesError):
    """A program's release folders are not in order."""
