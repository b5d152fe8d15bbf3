"""What the doctor says of the space that a disk has left."""

from pathlib import Path

import pytest

from scripts.doctor.services import judge_free_space


@pytest.mark.parametrize(
    ("free", "said"),
    [
        (1 << 40, "✓ disk: 1024.0 GiB"),
        ((1 << 30) - 1, "! disk: 1024 MiB"),
        ((100 << 20) - 1, "✗ disk: 100 MiB"),
        (29 << 20, "✗ disk: 29 MiB"),
        (0, "✗ disk: 0 MiB"),
    ],
)
def test_a_disk_that_fills(free: int, said: str) -> None:
    found = str(judge_free_space("media", Path("/media"), free))
    assert found.startswith(f"{said} free for media in /media")
