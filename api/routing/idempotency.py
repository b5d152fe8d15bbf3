"""Idempotency-Key: a request that is sent again, because its answer was lost, is not done again."""

import hashlib
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar

from aiohttp import web
from pydantic import BaseModel

from api.access.caller import Caller
from api.errors.problems import Invalid, KeyUsedOtherwise
from api.schemas.base import FieldError
from db.queries.idempotency import save_reply, take_key
from desk.unit_of_work import UnitOfWork

R = TypeVar("R", bound=BaseModel)

HEADER = "Idempotency-Key"
KEY = r"^[\x21-\x7e]{1,190}$"
KEPT_FOR = timedelta(hours=24)
_KEY = re.compile(KEY)


@dataclass(frozen=True, slots=True)
class SendKey:
    """What a request says to be known by when it comes again; None: nothing."""

    value: str | None
    # The request's method and path: the same key elsewhere is another request.
    where: str

    @classmethod
    def of(cls, request: web.Request) -> "SendKey":
        """Read a request's key; raises Invalid."""
        given = request.headers.getall(HEADER, [])
        if len(given) > 1 or (given and not _KEY.fullmatch(given[0])):
            message = "should be one word of 1 to 190 printable characters"
            raise Invalid([FieldError(where="header", field=HEADER, code="key", message=message)])
        return cls(given[0] if given else None, f"{request.method} {request.path}")


async def once(
    uow: UnitOfWork,
    caller: Caller,
    key: SendKey,
    work: Callable[[], Awaitable[R]],
    *,
    asked: str,
    model: type[R],
) -> R:
    """Do `work` and keep its reply under the key; or give the reply that was kept.

    All in the transaction of `desk`. `asked`: what the request asks for, in full. Raises
    KeyUsedOtherwise where the key came with something else before.
    """
    if key.value is None:
        return await work()
    fingerprint = hashlib.sha256(f"{key.where}\n{asked}".encode()).hexdigest()
    since = uow.now - KEPT_FOR
    kept = await take_key(uow.tx, caller.user_id, key.value, fingerprint, now=uow.now, since=since)
    if kept is None:
        reply = await work()
        await save_reply(uow.tx, caller.user_id, key.value, reply.model_dump_json())
        return reply
    if kept.fingerprint != fingerprint:
        raise KeyUsedOtherwise(detail="use a new key for a new request")
    return model.model_validate_json(kept.reply)
