"""Operations on sessions: list, show, create, change, start, stop and delete."""

import re
import secrets

from sandbox.common.json_shapes import Json
from sandbox.waha.engine import session_lifecycle
from sandbox.waha.model.errors import refusal
from sandbox.waha.model.records import STOPPED, WORKING, Session
from sandbox.waha.operations.call import Call
from sandbox.waha.state.world import WahaWorld

_NAME = re.compile(r"[a-zA-Z0-9_-]{1,54}")


def list_sessions(call: Call) -> list[Json]:
    """Return the sessions; those that are stopped only with `all`."""
    everything = call.query.get("all", "").lower() in {"true", "1"}
    return [
        to_session_shape(session)
        for session in call.world.sessions.values()
        if everything or session.status != STOPPED
    ]


def show_session(call: Call) -> Json:
    """Return a session."""
    return to_session_shape(call.session())


def to_session_shape(session: Session) -> Json:
    """Return a session as the API shows it."""
    return {
        "name": session.name,
        "status": session.status,
        "config": session.config,
        "me": session.me,
        "presence": "online" if session.status == WORKING else None,
        "timestamps": {"activity": None},
        "assignedWorker": "waha-sandbox",
    }


def create_session(call: Call) -> Json:
    """Create a session, and start it by default."""
    world, body = call.world, call.body
    name = str(body.get("name") or f"session_{secrets.token_hex(8)}")
    if not _NAME.fullmatch(name):
        raise refusal(400, ["name can only contain alphanumeric characters, hyphens, underscores"])
    if name in world.sessions:
        raise refusal(422, f"Session '{name}' already exists. Use PUT to update it.")
    session = Session(name, body.get("config") or {})
    world.sessions[name] = session
    if body.get("start") is not False:
        session_lifecycle.start_session(world, session)
    else:
        world.notify_changed(session)
    return to_session_shape(session)


def update_session(call: Call) -> Json:
    """Give a session another configuration; one that runs is restarted with it."""
    session = call.session()
    running = session_lifecycle.is_running(session)
    session_lifecycle.stop_session(call.world, session)
    session.config = call.body.get("config") or {}
    if running:
        session_lifecycle.start_session(call.world, session)
    return to_session_shape(session)


def delete_session(call: Call) -> None:
    """Stop, unlink and delete a session; a missing session is no error."""
    session = call.world.sessions.get(call.session_name)
    if session is not None:
        session_lifecycle.stop_session(call.world, session)
        del call.world.sessions[session.name]
        call.world.notify_changed(session)


def start_session(call: Call) -> Json:
    """Start a session; one that runs already stays as it is."""
    session = call.session()
    if not session_lifecycle.is_running(session):
        session_lifecycle.start_session(call.world, session)
    return to_session_shape(session)


def stop_session(call: Call) -> Json:
    """Stop a session; its phone stays linked."""
    session = call.session()
    session_lifecycle.stop_session(call.world, session)
    return to_session_shape(session)


def restart_session(call: Call) -> Json:
    """Stop a session and start it again."""
    session = call.session()
    session_lifecycle.stop_session(call.world, session)
    session_lifecycle.start_session(call.world, session)
    return to_session_shape(session)


def log_out_session(call: Call) -> Json:
    """Unlink a session's phone; a running session starts again, with a QR code."""
    session = call.session()
    running = session_lifecycle.is_running(session)
    session_lifecycle.stop_session(call.world, session)
    forget_phone(call.world, session)
    if running:
        session_lifecycle.start_session(call.world, session)
    return to_session_shape(session)


def forget_phone(world: WahaWorld, session: Session) -> None:
    """Remove a session's link to its phone, and its waiting events."""
    session.me = None
    session.backlog.clear()
    world.notify_changed(session)


def show_account(call: Call) -> Json | None:
    """Return the linked account; null if there is none."""
    return call.session().me
