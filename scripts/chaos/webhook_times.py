"""When WhatsApp told what its customers said: what it told late is nobody's disorder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.chaos.message_log import Id, Json, Way
from scripts.chaos.plan import Kind
from scripts.chaos.stage import Stage

_OK = 200


@dataclass(frozen=True, slots=True)
class Told:
    """When a message was first tried to be told, and when that was taken first, as Unix times."""

    began: float
    taken: float


async def when_told(stage: Stage) -> Mapping[str, Told]:
    """Read it from the stand-ins' records, by token."""
    tries: dict[tuple[Kind, Id], list[Json]] = {}
    for post in await stage.graph.posts():
        for message_id in _messages_in(post["body"]):
            tries.setdefault((Kind.CLOUD, message_id), []).append(
                {**post, "ok": post["status"] == _OK}
            )
    for event in ("message", "message.any"):
        for post in await stage.waha.deliveries(event):
            tail = str(post["about"]).rpartition("_")[2]
            ok = post["outcome"] == _OK
            tries.setdefault((Kind.WAHA, tail), []).append({**post, "ok": ok})
    told: dict[str, Told] = {}
    for said in stage.ledger.of(Way.UP):
        found = tries.get((said.kind, said.message_id), [])
        if any(each["ok"] for each in found):
            began = min(each["began"] for each in found)
            told[said.token] = Told(began, min(each["ended"] for each in found if each["ok"]))
    return told


def _messages_in(body: str) -> Iterator[str]:
    """Name the messages that a body tells."""
    try:
        entries = json.loads(body)["entry"]
    except (ValueError, KeyError, TypeError):
        return
    for entry in entries:
        for change in entry["changes"]:
            yield from (each["id"] for each in change["value"].get("messages", []))
