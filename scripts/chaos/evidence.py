"""Gathers what every side received and what the database keeps, as plain data for the verdict."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from scripts.chaos.engines import Row
from scripts.chaos.ledger import TOKEN, Json, Said, Way, carried, token_in, words_of
from scripts.chaos.stage import GROUP, Stage

_COPYING = {"copyMessage", "copyMessages", "forwardMessage"}
_FLOOD = 429


@dataclass(frozen=True, slots=True)
class Copy:
    """One message that the bot brought to the other side; `text` is None if it was deleted."""

    token: str
    message_id: int
    at: float
    text: str | None
    answers: str | None = None
    # Which one of those that travelled as one message.
    place: int = 0


@dataclass(slots=True)
class Evidence:
    """What was found once everything had come to rest."""

    copies: dict[str, list[Copy]] = field(default_factory=dict)
    # Rows of `messages` by token.
    kept: dict[str, list[Row]] = field(default_factory=dict)
    # The provider's ids that the database knows of staff's copies, by token.
    known_copies: dict[str, set[int]] = field(default_factory=dict)
    # Outbox rows of uncertain answers, with `shown` in addition.
    uncertain: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    parked: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    # Notices that a customer received word for word more than once.
    repeated_notices: list[str] = field(default_factory=list)
    floods: int = 0
    calls: int = 0


async def gather(stage: Stage) -> Evidence:
    """Look at both sides and into the database."""
    evidence = Evidence()
    calls = await stage.telegram.calls()
    evidence.calls = len(calls)
    evidence.floods = sum(call["error_code"] == _FLOOD for call in calls)
    alive = {each["message_id"]: each for each in await stage.telegram.messages(GROUP)}
    _staff_side(stage, evidence, calls, alive)
    await _customers_side(stage, evidence)
    await _books(stage, evidence)
    _mark_shown(evidence, calls)
    return evidence


def _staff_side(
    stage: Stage, evidence: Evidence, calls: list[Json], alive: Mapping[int, Json]
) -> None:
    """Read staff's copies from the calls: a topic's messages vanish with it."""
    originals = {(said.chat, said.message_id): said for said in stage.ledger.said.values()}
    for call in calls:
        if not call["ok"] or call["chat_id"] != GROUP:
            continue
        for place, (token, message_id) in enumerate(_brought(call, originals)):
            now = alive.get(message_id)
            copy = Copy(
                token,
                message_id,
                call["at"],
                # Gone with its topic, or no longer in the message that carried it.
                dict(carried(now)).get(token, "") if now else None,
                _answered(now) if now else None,
                place,
            )
            evidence.copies.setdefault(token, []).append(copy)


def _brought(call: Json, originals: Mapping[tuple[int, int], Said]) -> Iterator[tuple[str, int]]:
    """Name what a call brought, with the ids that it was given."""
    params, result = call["params"], call["result"]
    if call["method"] == "sendMessage":
        for token, _ in carried(params):
            yield token, int(result["message_id"])
    elif call["method"] in _COPYING:
        asked = params.get("message_ids") or [params.get("message_id")]
        made = result if isinstance(result, list) else [result]
        for number, copy in zip(asked, made, strict=False):
            said = originals.get((int(params["from_chat_id"]), int(number)))
            if said is not None:
                yield said.token, int(copy["message_id"])


def _answered(message: Json) -> str | None:
    return token_in(message.get("reply_to_message") or {})


async def _customers_side(stage: Stage, evidence: Evidence) -> None:
    known = {room["user_id"] for room in (await stage.telegram.state())["private"]}
    for user in stage.customers:
        if user["id"] not in known:
            continue
        notices: list[str] = []
        for message in await stage.telegram.messages(user["id"]):
            if not message["from"]["is_bot"]:
                continue
            token = token_in(message)
            if token is None:
                notices.append(f"{user['first_name']}: {words_of(message)}")
                continue
            copy = Copy(
                token,
                message["message_id"],
                message["date"],
                words_of(message),
                _answered(message),
            )
            evidence.copies.setdefault(token, []).append(copy)
        evidence.repeated_notices += sorted({each for each in notices if notices.count(each) > 1})


async def _books(stage: Stage, evidence: Evidence) -> None:
    ids: dict[str, str] = {}
    for row in await stage.rows("SELECT * FROM messages ORDER BY id"):
        found = TOKEN.match(row["message"] or "")
        if found:
            evidence.kept.setdefault(found.group(), []).append(row)
            ids[row["id"]] = found.group()
    for row in await stage.rows("SELECT * FROM message_links WHERE side = 'staff'"):
        token = ids.get(row["message_id"], "")
        if token.startswith(Way.UP):
            evidence.known_copies.setdefault(token, set()).add(int(row["provider_id"]))
    evidence.parked = await stage.rows("SELECT * FROM inbox WHERE state = 'parked'")
    evidence.waiting = await stage.rows(WAITING)
    for row in await stage.rows(
        "SELECT * FROM outbox WHERE kind = 'answer' AND state IN ('uncertain', 'failed')"
    ):
        told = {**row, "token": ids.get(row["message_id"]), "shown": False}
        (evidence.uncertain if row["state"] == "uncertain" else evidence.refused).append(told)


# What somebody still waits for; cards and pins are cosmetic.
WAITING = (
    "SELECT id, lane, state, error FROM inbox WHERE state = 'pending'"
    " UNION ALL SELECT id, lane, state, error FROM outbox"
    " WHERE state IN ('pending', 'sending') AND kind NOT IN ('card', 'pin')"
)


def _mark_shown(evidence: Evidence, calls: list[Json]) -> None:
    """Note which doubts and refusals the staff group was told of."""
    said = [call for call in calls if call["ok"] and call["method"] == "sendMessage"]
    buttons = " ".join(json.dumps(call["params"].get("reply_markup") or "") for call in said)
    notices = [
        call["params"] for call in said if call["chat_id"] == GROUP and not token_in(call["params"])
    ]
    for row in evidence.uncertain:
        row["shown"] = f'"again:{row["id"]}"' in buttons
    for row in evidence.refused:
        row["shown"] = any(_is_about(row, notice) for notice in notices)


def _is_about(row: Row, notice: dict[str, Any]) -> bool:
    return bool(row["error"]) and row["error"] in words_of(notice)
