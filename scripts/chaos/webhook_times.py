"""When WhatsApp delivered its customers' messages; what it delivered late is not our disorder."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scripts.chaos.message_log import Id, Json, MessageDirection
from scripts.chaos.plan import Provider
from scripts.chaos.stage import Stage

_OK = 200


@dataclass(frozen=True, slots=True)
class DeliveryTimes:
    """When delivery of a message was first tried, and when it first succeeded, as Unix times."""

    began: float
    taken: float


async def load_delivery_times(stage: Stage) -> Mapping[str, DeliveryTimes]:
    """Return the delivery times of customers' messages from the sandbox's records, by token."""
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
    for message in stage.message_log.list_sent(MessageDirection.UP):
        found = tries.get((message.kind, message.message_id), [])
        if any(each["ok"] for each in found):
            began = min(each["began"] for each in found)
            told[message.token] = DeliveryTimes(
                began, min(each["ended"] for each in found if each["ok"])
            )
    return told


def _list_message_ids(body: str) -> Iterator[str]:
    """List the ids of the messages in a webhook's body."""
    try:
        entries = json.loads(body)["entry"]
    except (ValueError, KeyError, TypeError):
        return
    for entry in entries:
        for change in entry["changes"]:
            yield from (each["id"] for each in change["value"].get("messages", []))
