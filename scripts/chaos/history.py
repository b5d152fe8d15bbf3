"""What is known of a message that broke a promise, so that the run explains itself.

Its rows, what each side has of it, the calls and events about it, what the desk logged, and all
faults and restarts, in the order of their times.
"""

import json
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from scripts.chaos.engines import Row
from scripts.chaos.message_log import TOKEN, Json
from scripts.chaos.stage import Stage
from scripts.chaos.verdict import Verdict

_MOST_MESSAGES = 3
_LONGEST = 400
# What a call or an event says of itself.
_ENDS = ("fault", "ok", "outcome", "status", "error_code", "code", "attempt", "try")
_WHAT = ("method", "operation", "call", "event", "about", "params", "body", "result")
# The columns of a row that say what became of it.
_COLUMNS = (
    *("id", "kind", "lane", "state", "delivery_state", "attempts", "due_at", "settled_at"),
    *("error", "delivery_error", "side", "chat", "provider_id"),
)

Line = tuple[float, str]


async def add_histories(stage: Stage, verdict: Verdict) -> None:
    """Add the history of the first messages that the violations name."""
    named = (token for each in verdict.violations for token in TOKEN.findall(each))
    for token in list(dict.fromkeys(named))[:_MOST_MESSAGES]:
        verdict.histories.append(f"history of {token}:")
        lines = [*await _list_events(stage, token), *_list_faults(stage)]
        verdict.histories += [f"{at:.2f} {words[:_LONGEST]}" for at, words in sorted(lines)]


async def _list_events(stage: Stage, token: str) -> list[Line]:
    """List what happened to a message: in the database, at the providers, in the log."""
    texts = await stage.rows(f"SELECT * FROM messages WHERE message LIKE '{token}%'")  # noqa: S608 a token of ours
    ids = [row["id"] for row in texts]
    lines = [(_to_unix(row["created_at"]), f"message: {_describe(row)}") for row in texts]
    for table in ("outbox", "message_links") if ids else ():
        wanted = ", ".join(f"'{each}'" for each in ids)
        rows = await stage.rows(f"SELECT * FROM {table} WHERE message_id IN ({wanted})")  # noqa: S608 ids of ours
        lines += [(_to_unix(row.get("created_at")), f"{table}: {_describe(row)}") for row in rows]
    said = stage.message_log.messages.get(token)
    customer = stage.customers[int(token[1:3])]
    received = [each for each in await customer.chat() if each.token == token]
    lines += [
        (each.at, f"{customer.name} has it as {each.id}, reported {', '.join(each.statuses)}")
        for each in received
    ]
    names = {token, *ids, *(str(each.id) for each in received if said and said.kind != "Telegram")}
    for provider, calls in (
        ("Telegram", await stage.telegram.calls()),
        ("Cloud API", await stage.graph.calls()),
        ("WAHA", await stage.waha.calls()),
    ):
        lines += [
            (each["at"], f"call of {provider}: {_sum_up(each)}") for each in _find(calls, names)
        ]
    for provider, posts in (
        ("Cloud API", await stage.graph.posts()),
        ("WAHA", await stage.waha.deliveries()),
    ):
        lines += [
            (each["began"], f"event of {provider}: {_sum_up(each)}") for each in _find(posts, names)
        ]
    return [*lines, *_list_logged(stage, names)]


def _list_logged(stage: Stage, names: set[str]) -> Iterator[Line]:
    for line in stage.desk_process.log.read_text(errors="replace").splitlines():
        if any(name in line for name in names):
            try:
                at = datetime.fromisoformat(json.loads(line)["timestamp"]).timestamp()
            except (ValueError, KeyError, TypeError):
                at = 0.0
            yield at, f"logged: {line}"


def _list_faults(stage: Stage) -> Iterator[Line]:
    yield from ((at, f"fault: {kind}") for at, kind in stage.injections)
    yield from ((at, "the desk was killed") for at in stage.desk_process.kills)
    for name, spans in (
        ("frozen", stage.desk_process.freezes),
        ("without database", stage.engine.outages),
    ):
        for began, ended in spans:
            yield began, f"the desk is {name} for {ended - began:.1f} s"


def _find(records: Iterable[Json], names: set[str]) -> Iterator[Json]:
    """Yield the records that contain one of these names."""
    return (each for each in records if any(name in json.dumps(each) for name in names))


def _sum_up(record: Json) -> str:
    """Return what a record says, beginning with how it ended."""
    first = {name: record[name] for name in _ENDS if record.get(name) is not None}
    return json.dumps({**first, **{name: record[name] for name in _WHAT if name in record}})


def _describe(row: Row) -> str:
    return ", ".join(f"{name} {row[name]}" for name in _COLUMNS if row.get(name) is not None)


def _to_unix(at: object) -> float:
    """Return a database's time as Unix time; SQLite has texts, and some rows have no time."""
    if isinstance(at, str):
        at = datetime.fromisoformat(at)
    return at.replace(tzinfo=UTC).timestamp() if isinstance(at, datetime) else 0.0
