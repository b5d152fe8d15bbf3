"""Sign requests by the Standard Webhooks specification, for which receivers have libraries.

The HMAC covers the delivery's id, the time and the body: a request cannot be repeated later or
under another id without the receiver noticing.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from datetime import datetime

_PREFIX = "whsec_"
_BYTES = 32


def generate_secret() -> str:
    """Return a new secret: `whsec_` and 32 random bytes in base64."""
    return _PREFIX + b64encode(secrets.token_bytes(_BYTES)).decode()


def sign_headers(secret: str, delivery_id: str, now: datetime, body: bytes) -> dict[str, str]:
    """Return the headers that prove who sent `body`, and when."""
    timestamp = str(int(now.timestamp()))
    key = b64decode(secret.removeprefix(_PREFIX))
    signed = b".".join((delivery_id.encode(), timestamp.encode(), body))
    signature = b64encode(hmac.digest(key, signed, "sha256")).decode()
    return {
        "webhook-id": delivery_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": f"v1,{signature}",
    }
