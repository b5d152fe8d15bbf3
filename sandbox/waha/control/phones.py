"""Controls linked phones: scan, enter the pairing code, unlink, force a status."""

from aiohttp import web

from sandbox.common.control_api import ControlRequestError
from sandbox.common.json_shapes import Json
from sandbox.waha.control.requests import find_session
from sandbox.waha.engine import session_lifecycle
from sandbox.waha.model.records import SCAN_QR_CODE, STATUSES, WORKING, Session
from sandbox.waha.operations.sessions import to_session_shape
from sandbox.waha.state.world import WahaWorld

PHONE = "4915550000001"
OWNER = "OsmoDesk shop"


def to_session_view(session: Session) -> Json:
    """Return a session with the code to scan, which only the control API shows."""
    facts = {"qr": session.qr, "qr_count": session.qr_count, "code": session.code}
    return {**to_session_shape(session), **facts, "statuses": session.statuses}


def scan_code(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let a phone scan the code that is shown; `value` must be that one if it is given."""
    session = find_session(world, request.match_info["session"])
    if session.status != SCAN_QR_CODE:
        raise ControlRequestError(f"there is no code to scan: the session is {session.status}")
    if body.get("value") not in {None, session.qr}:
        raise ControlRequestError("this code is no longer valid")
    if body.get("code") not in {None, session.code}:
        raise ControlRequestError("this pairing code is not valid")
    session_lifecycle.link_phone(world, session, _account(body))
    return to_session_view(session)


def _account(body: Json) -> Json:
    """Return WAHA's description of the account of a phone with this number."""
    phone = str(body.get("phone") or PHONE).removeprefix("+")
    if not phone.isascii() or not phone.isdigit():
        raise ControlRequestError("a phone is digits")
    return {
        "id": f"{phone}@c.us",
        "pushName": str(body.get("name") or OWNER),
        "lid": f"2{phone[-12:]}@lid",
        "jid": f"{phone}:1@s.whatsapp.net",
    }


def unlink_phone(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let the phone unlink the session: it shows codes again, or fails."""
    session = find_session(world, request.match_info["session"])
    if session.me is None:
        raise ControlRequestError("no phone is linked")
    session_lifecycle.unlink_phone(world, session, fails=bool(body.get("fails")))
    return to_session_view(session)


def force_status(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Put the session into any status, and notify the webhooks."""
    session, status = find_session(world, request.match_info["session"]), str(body["status"])
    if status not in STATUSES:
        raise ControlRequestError(f"status must be one of {', '.join(STATUSES)}")
    if status == WORKING and session.me is None:
        raise ControlRequestError("no phone is linked: scan first")
    session_lifecycle.hide_codes(session)
    session_lifecycle.set_status(world, session, status)
    return to_session_view(session)


def expire_code(world: WahaWorld, request: web.Request, body: Json) -> Json:
    """Let the current code expire now."""
    del body
    session = find_session(world, request.match_info["session"])
    if session.status != SCAN_QR_CODE:
        raise ControlRequestError(f"there is no code: the session is {session.status}")
    session.turn.set()
    return {"next": True}
