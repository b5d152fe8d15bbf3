"""When WhatsApp told what its customers said: what it told late is nobody's disorder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.chaos.message_log import Id, Json, MessageDirection
from scripts.chaos.plan import Provider
from scripts.chaos.stage import Stage

_OK = 200


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """When a message was first tried to be told, and when that was taken first, as Unix times."""

    began: float
    taken: float


async def load_delivery_times(stage: Stage) -> Mapping[str, DeliveryTimes]:
    """Read it from the stand-ins' records, by token."""
    tries: dict[tuple[Provider, Id], list[Json]] = {}
    for post in await stage.graph.posts():
        for message_id in _list_message_ids(post["body"]):
            tries.setdefault((Provider.CLOUD, message_id), []).append(
                {**post, "ok": post["status"] == _OK}
            )
    for event in ("message", "message.any"):
        for post in await stage.waha.deliveries(event):
            tail = str(post["about"]).rpartition("_")[2]
            ok = post["outcome"] == _OK
            tries.setdefault((Provider.WAHA, tail), []).append({**post, "ok": ok})
    told: dict[str, DeliveryTimes] = {}
    for said in stage.message_log.list_sent(MessageDirection.UP):
        found = tries.get((said.kind, said.message_id), [])
        if any(each["ok"] for each in found):
            began = min(each["began"] for each in found)
            told[said.token] = DeliveryTimes(
                began, min(each["ended"] for each in found if each["ok"])
            )
    return told


def _list_message_ids(body: str) -> Iterator[str]:
    """Name the messages that a body tells."""
    try:
        entries = json.loads(body)["entry"]
    except (ValueError, KeyError, TypeError):
        return
    for entry in entries:
        for change in entry["changes"]:
            yield from (each["id"] for each in change["value"].get("messages", []))
