"""Collects what every side received and what the database stores, as plain data for the verdict."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from desk.messages.receipts import SETTLED_BY_RECEIPT
from scripts.chaos.bystanders import find_uninvited_texts
from scripts.chaos.customer_limit import find_hidden_messages
from scripts.chaos.customers import ChatMessage
from scripts.chaos.engines import Row
from scripts.chaos.message_log import (
    TOKEN,
    Id,
    Json,
    MessageDirection,
    SentMessage,
    find_token,
    get_text,
    parse_messages,
)
from scripts.chaos.notes import find_leaks
from scripts.chaos.plan import Provider
from scripts.chaos.staff_side import StaffSide
from scripts.chaos.stage import Stage
from scripts.chaos.webhook_times import DeliveryTimes, load_delivery_times

_COPYING = {"copyMessage", "copyMessages", "forwardMessage"}
_FLOOD = 429
# How the desk's refusal of a moved session's answer begins; a closed window has another text.
_NOT_SENT = "Not sent: this "
_TOLD_TO_NOBODY = (
    "SELECT payload FROM outbox WHERE kind = 'general' AND state = 'failed'"
    " AND error LIKE '%bot was blocked by the user%' AND payload LIKE '%Not sent: this %'"
)
# Meta's error codes for a number or a pair of numbers that sends too fast.
_CLOUD_FLOODS = {4, 80007, 130429, 131056}


@dataclass(frozen=True, slots=True)
class Copy:
    """One message that the bot sent to the other side; `text` is None if it was deleted."""

    token: str
    message_id: int
    at: float
    text: str | None
    reply_to_token: str | None = None
    # Its position among the messages that were sent as one.
    place: int = 0
    # The chat and the topic, of a copy for staff.
    topic: tuple[int, int | None] | None = None


@dataclass(slots=True)
class Evidence:
    """What was found after all work had finished."""

    copies: dict[str, list[Copy]] = field(default_factory=dict)
    # Rows of `messages` by token.
    kept: dict[str, list[Row]] = field(default_factory=dict)
    # The provider's ids of staff copies that the database knows, by token.
    known_copies: dict[str, set[int]] = field(default_factory=dict)
    # Outbox rows of uncertain answers, with an added key `shown`.
    uncertain: list[Row] = field(default_factory=list)
    refused: list[Row] = field(default_factory=list)
    parked: list[Row] = field(default_factory=list)
    waiting: list[Row] = field(default_factory=list)
    # Notices that a customer received more than once, word for word.
    repeated_notices: list[str] = field(default_factory=list)
    # How often each provider reported that calls were too fast.
    floods: dict[Provider, int] = field(default_factory=dict)
    calls: int = 0
    # Every delivery status that WhatsApp reported for an answer.
    states: dict[str, tuple[str, ...]] = field(default_factory=dict)
    # The other side's reaction as shown on the original.
    reactions: dict[str, str] = field(default_factory=dict)
    # When WhatsApp delivered its customers' messages to us.
    delivery_times: Mapping[str, DeliveryTimes] = field(default_factory=dict)
    # Staff's notes that are in a customer's chat, in words.
    leaks: list[str] = field(default_factory=list)
    # Texts to people who have written nothing, in words.
    uninvited: list[str] = field(default_factory=list)
    # Messages over the customer limit, and sums of them that a topic lacks, in words.
    hidden: set[str] = field(default_factory=set)
    missing_sums: list[str] = field(default_factory=list)
    # Answers that were refused, because the session had moved to another agent.
    moved: set[str] = field(default_factory=set)
    # How many uncertain sends a delivery status resolved.
    by_receipt: int = 0


async def gather_evidence(stage: Stage) -> Evidence:
    """Collect the evidence from both sides and from the database."""
    evidence = Evidence()
    calls = await stage.telegram.calls()
    evidence.calls = len(calls)
    await _count_floods(stage, evidence, calls)
    written = await stage.staff.read()
    evidence.moved = await find_moved(stage, written)
    alive = {each["message_id"]: each for each in written}
    _read_staff_side(stage, evidence, calls, await leave_out_former_topics(stage, alive))
    await _read_customers_side(stage, evidence)
    evidence.delivery_times = await load_delivery_times(stage)
    await _read_database(stage, evidence)
    _mark_shown(stage.staff, evidence, calls)
    evidence.leaks = [leak async for leak in find_leaks(stage)]
    over_limit = await find_hidden_messages(stage)
    evidence.hidden, evidence.missing_sums = over_limit.tokens, over_limit.missing_sums
    evidence.uninvited = [text async for text in find_uninvited_texts(stage)]
    return evidence


async def _count_floods(stage: Stage, evidence: Evidence, calls: list[Json]) -> None:
    cloud, linked = await stage.graph.calls("messages"), await stage.waha.calls()
    evidence.floods = {
        Provider.TELEGRAM: sum(call["error_code"] == _FLOOD for call in calls),
        Provider.CLOUD: sum(call["code"] in _CLOUD_FLOODS for call in cloud),
        Provider.WAHA: sum(call["status"] == _FLOOD for call in linked),
    }


async def find_moved(stage: Stage, messages: Iterable[Json]) -> set[str]:
    """Find the answers to which the desk said that the session is answered elsewhere now.

    An agent who has blocked the bot meanwhile cannot be told.
    """
    refusals = (each for each in messages if get_text(each).startswith(_NOT_SENT))
    moved = {token for each in refusals if (token := _find_replied_token(each))}
    written = {
        (str(each.chat), str(each.message_id)): each.token
        for each in stage.message_log.messages.values()
    }
    for row in await stage.rows(_TOLD_TO_NOBODY):
        notice = row["payload"] if isinstance(row["payload"], dict) else json.loads(row["payload"])
        if notice["content"]["text"].startswith(_NOT_SENT):
            moved.add(written.get((notice["chat"], notice["reply_to"]), ""))
    return moved


async def leave_out_former_topics(stage: Stage, alive: dict[int, Json]) -> dict[int, Json]:
    """Return the messages of present topics: what stands in former ones is not kept up to date."""
    if not stage.staff.is_personal:
        return alive
    rows = await stage.rows("SELECT chat, topic FROM staff_places WHERE is_active = 1")
    present = {(row["chat"], row["topic"]) for row in rows}

    def is_present(message: Json) -> bool:
        return (str(message["chat"]["id"]), str(message.get("message_thread_id"))) in present

    return {number: each for number, each in alive.items() if is_present(each)}


def _read_staff_side(
    stage: Stage, evidence: Evidence, calls: list[Json], alive: Mapping[int, Json]
) -> None:
    """Read the staff's copies from the calls, because a topic's messages vanish with it."""
    originals = {
        (message.chat, message.message_id): message
        for message in stage.message_log.messages.values()
    }
    for call in calls:
        if not call["ok"] or not _is_to_staff(stage.staff, call):
            continue
        for place, (token, message_id) in enumerate(list_sent_tokens(call, originals)):
            now = alive.get(message_id)
            copy = Copy(
                token,
                message_id,
                call["at"],
                # Deleted with its topic, or no longer in the message that contained it.
                dict(parse_messages(now)).get(token, "") if now else None,
                _find_replied_token(now) if now else None,
                place,
                (call["chat_id"], call["params"].get("message_thread_id")),
            )
            evidence.copies.setdefault(token, []).append(copy)
    for message in stage.message_log.list_sent(MessageDirection.DOWN):
        original = alive.get(int(message.message_id))
        if original is not None:
            evidence.reactions[message.token] = _read_reactions(stage, original)


def _read_reactions(stage: Stage, message: Json) -> str:
    """Return the bot's reaction to a message."""
    people = {agent["id"] for agent in stage.agents}
    return "".join(m["emoji"] for m in message["_reactions"] if m["user_id"] not in people)


def list_sent_tokens(
    call: Json, originals: Mapping[tuple[Id, Id], SentMessage]
) -> Iterator[tuple[str, int]]:
    """List the customers' messages that a call showed to staff, with the ids of the copies.

    Staff's own answer may stand there, too, above a customer's reply that quotes it.
    """
    params, result = call["params"], call["result"]
    if call["method"].startswith("send") and isinstance(result, dict):
        for token, _ in parse_messages(params):
            if token.startswith(MessageDirection.UP):
                yield token, int(result["message_id"])
    elif call["method"] in _COPYING:
        asked = params.get("message_ids") or [params.get("message_id")]
        made = result if isinstance(result, list) else [result]
        for number, copy in zip(asked, made, strict=False):
            message = originals.get((int(params["from_chat_id"]), int(number)))
            if message is not None:
                yield message.token, int(copy["message_id"])


def _find_replied_token(message: Json) -> str | None:
    return find_token(message.get("reply_to_message") or {})


async def _read_customers_side(stage: Stage, evidence: Evidence) -> None:
    own = {
        (message.chat, message.message_id): message.token
        for message in stage.message_log.messages.values()
    }
    for customer in stage.customers:
        notices: list[str] = []
        for received in await customer.chat():
            if not received.by_desk:
                token = own.get((customer.chat_id, received.id))
                if token is not None:
                    evidence.reactions[token] = received.reaction
            elif received.token is None:
                if not stage.plan.scale.has_assistants:  # which may say the same more than once
                    notices.append(f"{customer.name}: {received.text}")
            elif received.token.startswith(MessageDirection.DOWN):
                _add_received(evidence, received, received.token)
        evidence.repeated_notices += sorted({each for each in notices if notices.count(each) > 1})


def _add_received(evidence: Evidence, received: ChatMessage, token: str) -> None:
    if received.statuses:
        evidence.states[token] = (*evidence.states.get(token, ()), *received.statuses)
    if received.has_arrived:
        copy = Copy(token, received.place, received.at, received.text, received.reply_to_token)
        evidence.copies.setdefault(token, []).append(copy)


async def _read_database(stage: Stage, evidence: Evidence) -> None:
    ids: dict[str, str] = {}
    for row in await stage.rows("SELECT * FROM messages ORDER BY id"):
        found = TOKEN.match(row["message"] or "")
        if found:
            evidence.kept.setdefault(found.group(), []).append(row)
            ids[row["id"]] = found.group()
    for row in await stage.rows("SELECT * FROM message_links WHERE side = 'staff'"):
        token = ids.get(row["message_id"], "")
        if token.startswith(MessageDirection.UP):
            evidence.known_copies.setdefault(token, set()).add(int(row["provider_id"]))
    evidence.parked = await stage.rows("SELECT * FROM inbox WHERE state = 'parked'")
    evidence.waiting = await stage.rows(WAITING)
    for row in await stage.rows(
        "SELECT * FROM outbox WHERE kind = 'answer' AND state IN ('uncertain', 'failed')"
        # Staff is not told of each message of a broadcast.
        " AND lane NOT LIKE 'broadcast:%'"
    ):
        outbox_row = {**row, "token": ids.get(row["message_id"]), "shown": False}
        (evidence.uncertain if row["state"] == "uncertain" else evidence.refused).append(outbox_row)
    known = {row["token"] for row in evidence.refused}
    for token, rows in evidence.kept.items():
        if token.startswith(MessageDirection.DOWN) and token not in known:
            evidence.refused += [_to_refusal(row, token) for row in rows if _is_refused(row)]
    evidence.by_receipt = len(
        await stage.rows(
            f"SELECT id FROM outbox WHERE state = 'done' AND error = '{SETTLED_BY_RECEIPT}'"  # noqa: S608 a constant of our own
        )
    )


def _is_refused(row: Row) -> bool:
    """Check whether the provider rejected an answer afterwards, or it is kept as a draft."""
    is_draft = row["delivery_state"] == "held" and row["delivery_error"]
    return bool(row["delivery_state"] == "failed" or is_draft)


def _to_refusal(row: Row, token: str) -> Row:
    outbox_row = {"state": row["delivery_state"], "error": row["delivery_error"], "id": None}
    return {**outbox_row, "token": token, "message_id": row["id"], "shown": False}


# Work that somebody still waits for; cards and pins are cosmetic, timers are due hours later.
WAITING = (
    "SELECT id, lane, state, error FROM inbox WHERE state = 'pending' AND lane NOT LIKE 'timer:%'"
    " UNION ALL SELECT id, lane, state, error FROM outbox"
    " WHERE state IN ('pending', 'sending') AND kind NOT IN ('card', 'pin')"
)

FINISHED = (
    "SELECT (SELECT count(*) FROM inbox WHERE state <> 'pending')"
    " + (SELECT count(*) FROM outbox WHERE state NOT IN ('pending', 'sending')) AS finished"
)


def _is_to_staff(staff: StaffSide, call: Json) -> bool:
    return call["chat_id"] in staff.chats and staff.bot in {None, call["bot_id"]}


def _mark_shown(staff: StaffSide, evidence: Evidence, calls: list[Json]) -> None:
    """Mark the uncertain and refused answers that staff was notified about."""
    sends = [call for call in calls if call["ok"] and call["method"] == "sendMessage"]
    buttons = " ".join(json.dumps(call["params"].get("reply_markup") or "") for call in sends)
    notices = [
        call["params"]
        for call in sends
        if _is_to_staff(staff, call) and not find_token(call["params"])
    ]
    for row in evidence.uncertain:
        row["shown"] = f'"again:{row["id"]}"' in buttons
    for row in evidence.refused:
        is_draft = f'"drop:{row["message_id"]}"' in buttons
        row["shown"] = is_draft or any(_is_about(row, notice) for notice in notices)


def _is_about(row: Row, notice: dict[str, Any]) -> bool:
    return bool(row["error"]) and row["error"] in get_text(notice)
