"""What keeps the unit tests within seconds: they leave no cycles worth looking for while they run."""

import gc


def pytest_collection_finish() -> None:
    """Leave what collecting made out of every later garbage collection, and make those rarer."""
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
