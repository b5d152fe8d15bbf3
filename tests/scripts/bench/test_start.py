"""Tests of what `osmodesk bench start` says about the memory of a desk."""

import pytest

from scripts.bench.start import report_starts


@pytest.mark.long  # two starts, and the idle time after each
def test_the_tables_fit_what_an_idle_desk_has() -> None:
    said: list[str] = []
    report_starts(1, said.append)
    first, warm, idle, table, floor = said
    assert first.startswith("first start, with migrations: ready after ")
    assert warm.startswith("1 warm starts, median: ready after ")
    megabytes = float(idle.removesuffix(" MB").rpartition(" ")[2])
    head, *rows, total = [line.split() for line in table.splitlines()]
    assert head == ["imported", "MB", "own", "MB", "files", "CPU", "ms", "modules"]
    assert total[0] == "total"
    assert {"Python", "sqlalchemy", "aiogram", "db/", "desk/", "api/", "bot/"} <= {
        row[0] for row in rows
    }
    for column in (-4, -3, -2, -1):
        added = sum(float(row[column]) for row in rows)
        # Each row is rounded.
        assert abs(added - float(total[column])) <= 0.5 * len(rows)
    imported = float(total[-4]) + float(total[-3])
    assert 0.8 * megabytes < imported < megabytes
    # Libraries, then tables, then connections: each more than the one before, and less than a desk.
    steps = [float(line.split()[-1]) for line in floor.splitlines()[1:]]
    assert steps == sorted(set(steps))
    assert len(steps) == 3
    assert 0.5 * megabytes < steps[0] < steps[-1] < megabytes
