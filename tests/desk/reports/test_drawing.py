"""The process that draws: what it is given, and what becomes of its faults."""

import subprocess
import sys
import time
from pathlib import Path

import pytest

from desk.reports.drawing import Artist, DrawingError
from desk.reports.pictures import Picture

BARS = Picture("A $title$ of _", ["a $x$", "b" * 100], {"first $": [1, 2], "second": [0, 3]})


async def test_bars_cells_and_nothing_are_drawn() -> None:
    artist = Artist()
    cells = Picture("cells", ["Monday", "Tuesday"], cells=[[0, 1, 2], [3, 4, 5]], unit="sessions")
    many = Picture("many", [str(each) for each in range(200)], {"n": [1.0] * 200})
    for picture in (BARS, cells, many, Picture("nothing", nothing="no $figures$")):
        assert (await artist.draw(picture)).startswith(b"\x89PNG"), picture.title


async def test_faults_of_the_process_are_errors(tmp_path: Path) -> None:
    broken, slow = tmp_path / "broken.py", tmp_path / "slow.py"
    broken.write_text("raise SystemExit('no fonts here')")
    slow.write_text("import time; time.sleep(600)")
    with pytest.raises(DrawingError, match="ended with 1: no fonts here"):
        await Artist(program=broken).draw(BARS)
    began = time.monotonic()
    with pytest.raises(DrawingError, match="longer than"):
        await Artist(program=slow, seconds=0.5).draw(BARS)
    assert time.monotonic() - began < 60


def test_a_process_of_the_desk_does_not_import_the_plotting_library() -> None:
    program = "import sys, scripts.wiring; print('matplotlib' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)  # noqa: S603 our own text
    assert ran.stdout.strip() == b"False"
