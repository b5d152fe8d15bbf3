"""A session's life: STARTING, its QR codes one after the other, then WORKING or FAILED."""

import asyncio
import base64
import secrets

from sandbox.common.json_shapes import Json
from sandbox.waha.engine.webhook_events import SESSION_STATUS, send_backlog, send_event
from sandbox.waha.model.records import FAILED, SCAN_QR_CODE, STARTING, STOPPED, WORKING, Session
from sandbox.waha.state.world import WahaWorld

# Seconds that each QR code is valid; after the last the session fails.
QR_LIFETIMES = (60.0, 20.0, 20.0, 20.0, 20.0, 20.0)
# A start takes this many seconds, at any tempo.
START_SECONDS = 0.02
STATUSES_KEPT = 10


def start_session(world: WahaWorld, session: Session) -> None:
    """Start a session; one that runs already stays as it is."""
    if session.ladder is None or session.ladder.done():
        _run_startup(world, session)


def restart_session(world: WahaWorld, session: Session) -> None:
    """Stop a session and start it again."""
    stop_session(world, session)
    _run_startup(world, session)


def stop_session(world: WahaWorld, session: Session) -> None:
    """Stop a session; its phone stays linked."""
    hide_codes(session)
    if session.status != STOPPED:
        set_status(world, session, STOPPED)


def is_running(session: Session) -> bool:
    """Check whether a session was started and not stopped since."""
    return session.status != STOPPED


def link_phone(world: WahaWorld, session: Session, me: Json) -> None:
    """Link a phone to the session, which works from now on."""
    hide_codes(session)
    session.me = me
    set_status(world, session, WORKING)
    send_backlog(world, session)


def unlink_phone(world: WahaWorld, session: Session, *, fails: bool) -> None:
    """Let the phone unlink the session: it shows codes again, or fails."""
    hide_codes(session)
    session.me = None
    session.backlog.clear()
    if fails:
        set_status(world, session, FAILED)
    else:
        session.ladder = asyncio.ensure_future(_show_codes(world, session))


def hide_codes(session: Session) -> None:
    """Stop showing codes."""
    if session.ladder is not None:
        session.ladder.cancel()
    session.ladder, session.qr, session.code = None, None, None


def set_status(world: WahaWorld, session: Session, status: str) -> None:
    """Put a session into a status and notify the webhooks."""
    session.status = status
    point: Json = {"status": status, "timestamp": int(world.clock() * 1000)}
    session.statuses = [*session.statuses, point][-STATUSES_KEPT:]
    payload: Json = {"name": session.name, "status": status, "data": None}
    payload["statuses"] = session.statuses
    send_event(world, session, SESSION_STATUS, payload, "status")
    world.notify_changed(session)


def _run_startup(world: WahaWorld, session: Session) -> None:
    hide_codes(session)
    set_status(world, session, STARTING)
    session.ladder = asyncio.ensure_future(_connect(world, session))


async def _connect(world: WahaWorld, session: Session) -> None:
    await asyncio.sleep(START_SECONDS)
    if session.me is None:
        await _show_codes(world, session)
        return
    set_status(world, session, WORKING)
    send_backlog(world, session)


async def _show_codes(world: WahaWorld, session: Session) -> None:
    for number, life in enumerate(QR_LIFETIMES, 1):
        session.qr_count, session.qr = number, _new_code()
        session.turn.clear()
        set_status(world, session, SCAN_QR_CODE)
        try:
            await asyncio.wait_for(session.turn.wait(), life * world.tuning.tempo)
        except TimeoutError:
            continue
    session.qr = None
    set_status(world, session, FAILED)


def _new_code() -> str:
    """Return the text of a new QR code, with the four parts of WhatsApp's codes."""
    keys = [base64.b64encode(secrets.token_bytes(32)).decode() for _ in range(3)]
    return ",".join([f"2@{secrets.token_urlsafe(75)}", *keys])
