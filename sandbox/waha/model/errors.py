"""WAHA's errors: a status and the JSON body that the real server sends with it."""

import http
import time

from sandbox.common.json_shapes import Json


class WahaError(Exception):
    """A call that WAHA refuses."""

    def __init__(self, status: int, body: Json) -> None:
        super().__init__(str(body.get("message") or body.get("error") or status))
        self.status = status
        self.body = body


def refusal(status: int, message: str | list[str]) -> WahaError:
    """Return a refusal as WAHA's framework words it."""
    phrase = http.HTTPStatus(status).phrase
    return WahaError(status, {"message": message, "error": phrase, "statusCode": status})


def unauthorized() -> WahaError:
    """Return the refusal of a call without the right key."""
    return WahaError(401, {"message": "Unauthorized", "statusCode": 401})


def no_session() -> WahaError:
    """Return the refusal of a call to a session that does not exist."""
    return refusal(404, "Session not found")


def wrong_status(session: str, status: str, *expected: str) -> WahaError:
    """Return the refusal of a call that a session cannot serve in its status.

    The real server waits five seconds for the status before it says so; this one does not.
    """
    text = "Session status is not as expected. Try again later or restart the session"
    body: Json = {"error": text, "session": session, "status": status}
    return WahaError(422, {**body, "expected": list(expected)})


def crash(message: str, status: int = 500) -> WahaError:
    """Return WAHA's error for an exception of its engine."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime())
    exception: Json = {"message": message, "name": "Error"}
    return WahaError(status, {"statusCode": status, "timestamp": moment, "exception": exception})
