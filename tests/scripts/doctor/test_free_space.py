"""What the doctor says of the space that a disk has left."""

from pathlib import Path

import pytest

from scripts.doctor.services import judge_free_space


@pytest.mark.parametrize(
    ("free", "sign"), [(1 << 40, "✓"), ((1 << 30) - 1, "!"), ((100 << 20) - 1, "✗"), (0, "✗")]
)
def test_a_disk_that_fills(free: int, sign: str) -> None:
    found = str(judge_free_space("media", Path("/media"), free))
    assert found.startswith(f"{sign} disk: ")
    assert "GiB free for media in /media" in found
