"""Sends events to the webhooks that asked for them, each in an envelope."""

from ulid import ULID

from sandbox.common.json_shapes import Json, encode
from sandbox.waha.model.records import WORKING, Session
from sandbox.waha.state.webhooks import Post, build_headers
from sandbox.waha.state.world import WahaWorld

SESSION_STATUS = "session.status"
MESSAGE = "message"
MESSAGE_ANY = "message.any"
MESSAGE_ACK = "message.ack"
MESSAGE_REACTION = "message.reaction"
MESSAGE_EDITED = "message.edited"
MESSAGE_REVOKED = "message.revoked"
BACKLOG = 2000


def describe_server(world: WahaWorld) -> Json:
    """Return the server's description of itself."""
    engine = world.tuning.engine
    return {
        "version": "2026.7.1",
        "engine": engine,
        "tier": "PLUS",
        "browser": "/usr/bin/chromium",
        "platform": "linux/x64",
        "worker": {"id": "waha-sandbox"},
    }


def send_event(world: WahaWorld, session: Session, event: str, payload: Json, lane: str) -> None:
    """Post an event to those of the session's webhooks that asked for it.

    A linked session that is not connected sends it later, when it is connected again. A session
    without a phone never sends it.
    """
    if event != SESSION_STATUS and session.status != WORKING:
        if session.me is not None and len(session.backlog) < BACKLOG:
            session.backlog.append((event, payload, lane))
        return
    for hook in session.config.get("webhooks") or []:
        if not {event, "*"}.isdisjoint(hook.get("events") or []):
            for _ in range(1 + world.tuning.duplicates):
                body = encode(build_envelope(world, session, event, payload)).encode()
                about = payload.get("id")
                post_raw(world, session, hook, event, body=body, lane=lane, about=about)


def post_raw(
    world: WahaWorld,
    session: Session,
    hook: Json,
    event: str,
    *,
    body: bytes,
    lane: str,
    about: str | None = None,
) -> None:
    """Post any bytes to a webhook, signed with its key; `about` is logged for tests."""
    post = Post(hook, body, event, session.name, build_headers(hook, body), about)
    world.webhooks.offer(f"{session.name} {lane}", post)


def build_envelope(world: WahaWorld, session: Session, event: str, payload: Json) -> Json:
    """Return an event as webhooks get it, with a new id."""
    return {
        "id": f"evt_{str(ULID()).lower()}",
        "timestamp": int(world.clock() * 1000),
        "event": event,
        "session": session.name,
        "metadata": session.config.get("metadata") or {},
        "me": session.me,
        "payload": payload,
        "engine": world.tuning.engine,
        "environment": describe_server(world),
    }


def send_backlog(world: WahaWorld, session: Session) -> None:
    """Post the events that came while the linked session was not connected."""
    waiting, session.backlog = session.backlog, []
    for event, payload, lane in waiting:
        send_event(world, session, event, payload, lane)
