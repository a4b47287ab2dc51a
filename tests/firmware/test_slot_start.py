"""The start code chooses the folder that runs."""

import subprocess
import sys
from pathlib import Path

from h24.flash_files import FlashFiles
from h24.slots import Slots

DEVICE = Path(__file__).parents[2] / "firmware" / "device"


def chosen(root: Path) -> str:
    start = root / "start"
    if not start.exists():
        start.symlink_to(DEVICE / "lib")
    code = (
        f"import sys; sys.path.insert(0, {str(DEVICE)!r}); import boot; print(boot.choose({str(root)!r}), sys.path[0])"
    )
    return subprocess.run([sys.executable, "-B", "-c", code], capture_output=True, text=True, check=True).stdout.strip()


def test_a_release_on_trial_is_started_three_times_and_then_left(tmp_path: Path) -> None:
    assert chosen(tmp_path) == f"False {tmp_path}/a"
    Slots(FlashFiles(str(tmp_path / "slots"))).try_spare(2)
    assert [chosen(tmp_path)[-1] for _ in range(4)] == ["b", "b", "b", "a"]
