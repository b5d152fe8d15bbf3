"""Idempotency-Key: a request that is sent again after a lost response is not done twice."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from api.access.caller import Caller
from api.errors.problems import IdempotencyKeyReused, ValidationFailed
from api.schemas.base import FieldError
from db.queries.idempotency import save_reply, take_key
from desk.unit_of_work import UnitOfWork

R = TypeVar("R", bound=BaseModel)

IDEMPOTENCY_HEADER = "Idempotency-Key"
KEY_PATTERN = r"^[\x21-\x7e]{1,190}$"
REPLY_LIFETIME = timedelta(hours=24)
_KEY_REGEX = re.compile(KEY_PATTERN)


@dataclass(frozen=True, slots=True)
class IdempotencyHeader:
    """The idempotency key of a request; `value` is None when there is none."""

    value: str | None
    # The request's method and path: the same key with another path is another request.
    where: str

    @classmethod
    def from_request(cls, request: web.Request) -> "IdempotencyHeader":
        """Read a request's key; raises ValidationFailed."""
        given = request.headers.getall(IDEMPOTENCY_HEADER, [])
        if len(given) > 1 or (given and not _KEY_REGEX.fullmatch(given[0])):
            message = "must be one word of 1 to 190 printable ASCII characters"
            raise ValidationFailed(
                [FieldError(where="header", field=IDEMPOTENCY_HEADER, code="key", message=message)]
            )
        return cls(given[0] if given else None, f"{request.method} {request.path}")


async def run_idempotent(
    uow: UnitOfWork,
    caller: Caller,
    key: IdempotencyHeader,
    work: Callable[[], Awaitable[R]],
    *,
    request_text: str,
    model: type[R],
) -> R:
    """Run `work` and store its reply under the key, or return the stored reply.

    Everything happens in the transaction of `uow`. `request_text` is everything that the request
    asks for. Raises IdempotencyKeyReused when the key was used for another request.
    """
    if key.value is None:
        return await work()
    fingerprint = hashlib.sha256(f"{key.where}\n{request_text}".encode()).hexdigest()
    since = uow.now - REPLY_LIFETIME
    kept = await take_key(uow.tx, caller.user_id, key.value, fingerprint, now=uow.now, since=since)
    if kept is None:
        reply = await work()
        await save_reply(uow.tx, caller.user_id, key.value, reply.model_dump_json())
        return reply
    if kept.fingerprint != fingerprint:
        raise IdempotencyKeyReused(detail="use a new key for a new request")
    return model.model_validate_json(kept.reply)
