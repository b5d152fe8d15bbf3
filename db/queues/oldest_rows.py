"""Read the oldest rows of many lanes in one statement."""

from collections.abc import Sequence
from functools import cache

from sqlalchemy import Row, Table, TextualSelect, text
from sqlalchemy.ext.asyncio import AsyncSession


async def read_oldest_rows(
    tx: AsyncSession,
    table: Table,
    *,
    columns: tuple[str, ...],
    waiting: str,
    held: str | None = None,
    lanes: Sequence[str],
    per_lane: int,
) -> dict[str, list[Row[tuple[object, ...]]]]:
    """Read the `per_lane` oldest rows of each lane in the state `waiting` or `held`, oldest first.

    One short index range per lane: a lane with 20,000 rows costs no more than one with two. A
    window function over the lanes could not promise that. There are never more rows in `held` than
    workers hold, so all of them are read at once; both states in one range would have to be sorted.
    """
    found: dict[str, list[Row[tuple[object, ...]]]] = {lane: [] for lane in lanes}
    if not lanes:
        return found
    # Few sizes, so that few statements are cached. The padding is no lane's name.
    many = 1 << (len(lanes) - 1).bit_length()
    statement = _build_statement(table, columns, waiting, held, many=many, per_lane=per_lane)
    padded = [*lanes, *([""] * (many - len(lanes)))]
    bound = {f"lane_{place}": lane for place, lane in enumerate(padded)}
    for row in sorted(await tx.execute(statement, bound), key=lambda row: row.id):
        if len(found[row.lane]) < per_lane:
            found[row.lane].append(row)
    return found


@cache
def _build_statement(
    table: Table,
    columns: tuple[str, ...],
    waiting: str,
    held: str | None,
    *,
    many: int,
    per_lane: int,
) -> TextualSelect:
    # Text, built once for each number of lanes: building it from parts each time would cost more
    # than running it. It contains no outside input; lanes are bound parameters.
    names = ", ".join(columns)
    read = f"SELECT {names} FROM {table.name} WHERE state"  # noqa: S608 our own names only
    ranges = [
        f"SELECT * FROM ({read} = '{waiting}' AND lane = :lane_{place}"  # noqa: S608 as above
        f" ORDER BY id LIMIT {per_lane}) AS range_{place}"
        for place in range(many)
    ]
    if held is not None:
        among = ", ".join(f":lane_{place}" for place in range(many))
        ranges.append(f"{read} = '{held}' AND lane IN ({among})")
    return text(" UNION ALL ".join(ranges)).columns(*(table.c[name] for name in columns))
