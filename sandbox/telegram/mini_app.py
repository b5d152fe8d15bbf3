"""Open Mini Apps as Telegram does: with data that has both signatures.

Telegram's own key is secret, so the sandbox signs with one of its own. It is the same in every
sandbox, and opens nothing: a desk accepts it only with another Bot API server than Telegram's.
"""

import base64
import hashlib
import hmac
import json
from urllib.parse import quote, urlencode

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sandbox.common.json_shapes import Json

_KEY = Ed25519PrivateKey.from_private_bytes(hashlib.sha256(b"osmodesk sandbox: Mini Apps").digest())
# What a desk is told (TELEGRAM_MINI_APP_KEY).
PUBLIC_KEY = _KEY.public_key().public_bytes_raw().hex()


def build_init_data(token: str, user: Json, auth_date: int, start_param: str | None = None) -> str:
    """Build the data with which a user opens a Mini App of the bot with this token."""
    fields = {
        "query_id": f"AA{user['id']}",
        "user": json.dumps(user, ensure_ascii=False, separators=(",", ":")),
        "auth_date": str(auth_date),
        **({} if start_param is None else {"start_param": start_param}),
    }
    return sign(token, fields)


def sign(token: str, fields: dict[str, str], *, key: Ed25519PrivateKey = _KEY) -> str:
    """Sign fields as Telegram does, and return the query string."""
    said = f"{token.partition(':')[0]}:WebAppData\n{_join(fields)}".encode()
    signature = base64.urlsafe_b64encode(key.sign(said)).rstrip(b"=").decode()
    signed = {**fields, "signature": signature}
    secret = hmac.digest(b"WebAppData", token.encode(), "sha256")
    mac = hmac.digest(secret, _join(signed).encode(), "sha256").hex()
    return urlencode({**signed, "hash": mac}, quote_via=quote)


def _join(fields: dict[str, str]) -> str:
    return "\n".join(f"{name}={fields[name]}" for name in sorted(fields))
