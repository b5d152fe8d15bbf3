"""Meta's errors in one table: code, HTTP status, title."""

import secrets

from sandbox.common.json_shapes import Json

# code: (HTTP status, title). Statuses as the list of error codes gives them.
TABLE: dict[int, tuple[int, str]] = {
    0: (401, "AuthException"),
    1: (400, "API Unknown"),
    2: (503, "API Service"),
    3: (500, "API Method"),
    4: (400, "API Too Many Calls"),
    10: (403, "Permission Denied"),
    33: (400, "Parameter value is not valid"),
    100: (400, "Invalid parameter"),
    190: (401, "Access token has expired"),
    200: (403, "API Permission"),
    368: (403, "Temporarily blocked for policies violations"),
    80007: (400, "Rate limit issues"),
    130429: (400, "Rate limit hit"),
    130472: (400, "User's number is part of an experiment"),
    130497: (403, "Business account is restricted from messaging users in this country"),
    131000: (500, "Something went wrong"),
    131005: (403, "Access denied"),
    131008: (400, "Required parameter is missing"),
    131009: (400, "Parameter value is not valid"),
    131016: (500, "Service unavailable"),
    131021: (400, "Recipient cannot be sender"),
    131026: (400, "Message undeliverable"),
    131030: (400, "Recipient phone number not in allowed list"),
    131031: (403, "Account has been locked"),
    131042: (400, "Business eligibility payment issue"),
    131045: (500, "Incorrect certificate"),
    131047: (400, "Re-engagement message"),
    131048: (400, "Spam rate limit hit"),
    131049: (400, "Meta chose not to deliver"),
    131050: (400, "User has opted out of receiving marketing messages"),
    131051: (400, "Unsupported message type"),
    131052: (400, "Media download error"),
    131053: (400, "Media upload error"),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit"),
    131057: (500, "Account in maintenance mode"),
    132000: (400, "Number of parameters does not match the expected number of params"),
    132001: (404, "Template name does not exist in the translation"),
    132005: (400, "Translated text too long"),
    132007: (400, "Template content policy violated"),
    132012: (400, "Parameter format does not match format in the created template"),
    132015: (400, "Template is paused"),
    132016: (400, "Template is disabled"),
    132018: (400, "The template's parameters are not valid"),
    133010: (400, "Phone number not registered"),
}
TYPE = "OAuthException"
NO_SUCH_OBJECT = 33
PERMISSIONS = range(200, 300)


class GraphError(Exception):
    """A call that the Graph API refuses; `details` says what is wrong, `message` is the title."""

    def __init__(
        self,
        code: int,
        details: str | None = None,
        *,
        message: str | None = None,
        status: int | None = None,
        subcode: int | None = None,
    ) -> None:
        known = TABLE.get(200 if code in PERMISSIONS else code, (400, "Something went wrong"))
        self.code = code
        self.title = known[1]
        self.message = message or f"(#{code}) {known[1]}"
        self.status = status or known[0]
        self.details = details
        self.subcode = subcode
        super().__init__(f"{self.message}: {details}" if details else self.message)

    def reply(self) -> Json:
        """Return the body of the answer."""
        error: Json = {"message": self.message, "type": TYPE, "code": self.code}
        if self.details is not None:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        return {"error": {**error, "fbtrace_id": f"A{secrets.token_urlsafe(16)}"}}

    def in_webhook(self) -> Json:
        """Return the error as a `failed` status or an unsupported message has it."""
        error: Json = {"code": self.code, "title": self.title, "message": self.title}
        error["error_data"] = {"details": self.details or self.title}
        error["href"] = (
            "https://developers.facebook.com/docs/whatsapp/cloud-api/support/error-codes/"
        )
        return error


def invalid(text: str) -> GraphError:
    """Return the refusal of a parameter that the Graph API itself rejects, with its words."""
    return GraphError(100, message=f"(#100) {text}")


def missing_parameter(name: str) -> GraphError:
    """Return the refusal of a call that leaves out a parameter."""
    return invalid(f"The parameter {name} is required.")


def missing_content(details: str) -> GraphError:
    """Return the refusal of a message whose content is incomplete."""
    return GraphError(131008, details)


def wrong_content(details: str) -> GraphError:
    """Return the refusal of a message whose content has a wrong value."""
    return GraphError(131009, details)


def no_such_object(verb: str, node: str) -> GraphError:
    """Return the answer to an id that is unknown, or that this token may not see."""
    text = (
        f"Unsupported {verb.lower()} request. Object with ID '{node}' does not exist, cannot be"
        " loaded due to missing permissions, or does not support this operation"
    )
    return GraphError(100, message=text, status=400, subcode=NO_SUCH_OBJECT)


def unauthorized(state: str) -> GraphError:
    """Return the refusal of a token: unknown, expired, revoked, or one without the right."""
    if state == "forbidden":
        return GraphError(200, "The app lacks whatsapp_business_messaging for this account.")
    words = {
        "expired": ("Error validating access token: Session has expired.", 463),
        "revoked": ("Error validating access token: The user has not authorized application.", 458),
    }
    text, subcode = words.get(
        state, ("Invalid OAuth access token - Cannot parse access token", None)
    )
    return GraphError(190, message=text, subcode=subcode)
