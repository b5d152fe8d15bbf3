"""Every route with every role: the table of permissions is complete and correct."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from string import Formatter
from typing import Any

import pytest

from api.routes import ROUTES
from db.ids import new_id
from db.tables.base import now_utc
from tests.api.ai_rows import add_suggestion
from tests.api.broadcast_rows import add_broadcast
from tests.api.desk_actions import create_delivered_webhook
from tests.api.knowledge_rows import add_article, add_proposed_question
from tests.api.permissions import EXPECTED_ACCESS, NOBODY, ROLES
from tests.api.reply_file_rows import add_reply_file
from tests.api.stage import Answer, ApiStage, Person
from tests.api.tag_rows import add_tag

GROUP = "-1001"
pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_the_table_of_rights_has_every_route_and_no_other() -> None:
    assert {route.name for route in ROUTES} == set(EXPECTED_ACCESS)


async def things(api: ApiStage, holder: Person, path: str) -> dict[str, Any]:
    """Create the objects for the placeholders in a path, by name."""
    names = {name for _, name, _, _ in Formatter().parse(path) if name}
    found: dict[str, Any] = {
        "log_in_id": holder.log_in,
        "agent_id": holder.agent_id,
        "log_id": NOBODY,
        "turn_id": NOBODY,
        "group": GROUP,
    }
    if names & _OF_A_SESSION:
        session = await api.session(holder)
        [whose] = await api.rows(
            "SELECT conversation_id, client_id FROM sessions WHERE id = :id", id=session
        )
        found |= {"session_id": session, **whose}
    if names & {"channel_id", "template_id", "rule_id", "group"}:
        found["channel_id"] = await api.channel(staff_groups=[GROUP])
    if names & {"webhook_id", "delivery_id"}:
        found |= await create_delivered_webhook(api)
    for name, create in _CREATE.items():
        if name in names:
            found[name] = await create(api, holder, found)
    assert names <= set(found)
    return found


async def _user(api: ApiStage, *_: Any) -> str:
    return (await api.person()).user_id


async def _join(api: ApiStage, holder: Person, found: dict[str, Any]) -> str:
    return await api.join(found["client_id"], await api.session(holder))


_OF_A_SESSION = {
    "session_id",
    "message_id",
    "conversation_id",
    "client_id",
    "suggestion_id",
    "join_id",
}
_CREATE: dict[str, Callable[[ApiStage, Person, dict[str, Any]], Awaitable[str]]] = {
    "user_id": _user,
    "message_id": lambda api, _, found: api.message(found["session_id"]),
    "suggestion_id": lambda api, _, found: add_suggestion(api, found["session_id"]),
    "template_id": lambda api, _, found: api.template(found["channel_id"]),
    "rule_id": lambda api, _, found: api.auto_reply_rule(found["channel_id"]),
    "reply_id": lambda api, *_: api.canned_reply(),
    "file_id": lambda api, *_: add_reply_file(api),
    "tag_id": lambda api, *_: add_tag(api),
    "broadcast_id": lambda api, *_: add_broadcast(api),
    "update_id": lambda api, *_: api.parked_update(),
    "job_id": lambda api, *_: api.job(),
    "article_id": lambda api, *_: add_article(api),
    "question_id": lambda api, *_: add_proposed_question(api),
    "join_id": _join,
}


async def token_of(api: ApiStage, role: str, holder: Person) -> str | None:
    if role == "nobody":
        return None
    if role == "cs":
        return holder.token
    if role == "admin":
        return (await api.admin()).token
    if role == "expired":
        return (await api.admin(now=now_utc() - timedelta(minutes=20))).token
    person = await (api.admin() if role == "disabled" else api.person())
    if role == "disabled":
        await api.change("UPDATE users SET is_active = 0 WHERE id = :id", id=person.user_id)
    return person.token


@pytest.mark.parametrize("route", ROUTES, ids=[route.name for route in ROUTES])
async def test_each_role_gets_what_is_theirs(api: ApiStage, route: Any) -> None:
    right = EXPECTED_ACCESS[route.name]
    body = right.body if right.body is not None or not route.signature.body else {}

    async def ask(role: str, holder: Person, found: dict[str, Any]) -> Answer:
        path = route.path.format_map(found) + right.query
        return await api.ask(route.method, path, body, token=await token_of(api, role, holder))

    holder = await api.person("Holder")
    found = await things(api, holder, route.path)
    # A refused request changes nothing, so they all ask for the same things.
    for role, expected in right.refused.items():
        answer = await ask(role, holder, found)
        assert answer.status == expected, (role, answer.body)
        assert answer.problem in {"not-logged-in", "bad-credentials", "refused", "not-found"}
    for role in set(ROLES) - set(right.refused):
        other = await api.person("Holder")
        answer = await ask(role, other, await things(api, other, route.path))
        assert answer.status not in {401, 403, 404}, (role, answer.body)


@pytest.mark.parametrize("route", [r for r in ROUTES if r.signature.path], ids=lambda r: r.name)
async def test_ids_of_nothing_are_not_found(api: ApiStage, route: Any) -> None:
    admin = await api.admin()
    body = EXPECTED_ACCESS[route.name].body or ({} if route.signature.body else None)
    for wrong in (new_id(), "x", "%00", "..%2f", "%ff", "1" * 3000, "'; DROP TABLE users"):
        path = route.path.format_map(dict.fromkeys(route.signature.path, wrong))
        path += EXPECTED_ACCESS[route.name].query
        answer = await api.ask(route.method, path, body, token=admin.token)
        assert answer.status == 404, (wrong, answer.body)
        assert answer.problem == "not-found"


OTHERS = [r for r in ROUTES if EXPECTED_ACCESS[r.name].refused.get("other cs") == 404]
_SEEN_THROUGH_SESSIONS = (
    "session_id",
    "message_id",
    "conversation_id",
    "client_id",
    "suggestion_id",
)


@pytest.mark.parametrize("held", [True, False], ids=["held", "nobody's"])
@pytest.mark.parametrize(
    "route",
    [r for r in OTHERS if any(f"{{{name}}}" in r.path for name in _SEEN_THROUGH_SESSIONS)],
    ids=lambda r: r.name,
)
async def test_what_has_ended_is_not_there_for_others_either(
    api: ApiStage, route: Any, held: bool
) -> None:
    """A session that ended before anyone took it stays hidden, although it once waited."""
    holder, other = await api.person("Holder"), await api.person("Other")
    found = await things(api, holder, route.path)
    await api.change(
        "UPDATE sessions SET status = 'ENDED', ended_at = created_at, cs_id = :cs WHERE id = :id",
        id=found["session_id"],
        cs=holder.agent_id if held else None,
    )
    right = EXPECTED_ACCESS[route.name]
    path = route.path.format_map(found) + right.query
    answer = await other.stage.ask(route.method, path, right.body, token=other.token)
    assert (answer.status, answer.problem) == (404, "not-found")


@pytest.mark.parametrize("route", OTHERS, ids=lambda r: r.name)
async def test_what_is_hidden_looks_like_what_is_not_there(api: ApiStage, route: Any) -> None:
    """Only the request id differs, so the response does not reveal that the object exists."""
    holder, other = await api.person("Holder"), await api.person("Other")
    found = await things(api, holder, route.path)
    right = EXPECTED_ACCESS[route.name]
    hidden, nothing = [
        await other.stage.ask(
            route.method,
            route.path.format_map(ids) + right.query,
            right.body,
            token=other.token,
        )
        for ids in (found, dict.fromkeys(found, new_id()))
    ]
    told = []
    for answer in (hidden, nothing):
        assert answer.status == 404
        answer.body.pop("request_id")
        headers = {name.lower(): value for name, value in answer.headers.items()}
        told.append((answer.body, headers | {"x-request-id": "", "date": ""}))
    assert told[0] == told[1]
