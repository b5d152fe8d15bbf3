"""One row of the route table, and what its handler takes and gives."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from string import Formatter
from typing import Any, get_type_hints

from aiohttp import web
from pydantic import BaseModel

from api.access.caller import Caller
from api.access.permissions import AccessRule
from api.errors.problems import Problem
from desk.unit_of_work import UnitOfWork

Handler = Callable[..., Awaitable[Any]]
JSON = "application/json"
KILOBYTE = 1024
# What is wrong in it is listed before anybody is asked who they are.
_ANONYMOUS_BODY_LIMIT = 16 * KILOBYTE


@dataclass(frozen=True)
class HandlerSignature:
    """What a handler asks for, read off its signature."""

    body: type[BaseModel] | None
    query: type[BaseModel] | None
    path: Mapping[str, Any]
    # Anything else by its type: the unit of work, the caller, the request, a service.
    injected: Mapping[str, type]
    returns: type[BaseModel] | None

    @property
    def is_one_transaction(self) -> bool:
        """Whether all of the handler is one transaction; otherwise it begins its own."""
        return UnitOfWork in self.injected.values()

    @property
    def needs_caller(self) -> bool:
        return Caller in self.injected.values()


@dataclass(frozen=True)
class Route:
    """One row of the table: what is called how, by whom, and what may come of it."""

    method: str
    path: str
    handler: Handler
    summary: str
    access: AccessRule = AccessRule.LOGGED_IN
    status: int = 200
    # Problems of its own, beside those that follow from what it takes.
    raises: tuple[type[Problem], ...] = ()
    # Of the body, in bytes; less where anybody may call: see `limit`.
    max_bytes: int = 256 * KILOBYTE
    # Where the handler answers with a stream: its media types.
    stream_types: tuple[str, ...] = ()
    # What it may answer beside `status` where all is well: a part, "you have it".
    other_statuses: tuple[int, ...] = ()
    # Where the handler reads the request itself: the media type that it takes.
    consumes: str = JSON
    form: type[BaseModel] | None = field(default=None)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body_limit(self) -> int:
        """Tell how many bytes the body may have."""
        return (
            min(self.max_bytes, _ANONYMOUS_BODY_LIMIT)
            if self.access is AccessRule.ANYONE
            else self.max_bytes
        )

    @property
    def tag(self) -> str:
        return self.path.split("/")[1]

    @cached_property
    def signature(self) -> HandlerSignature:
        """Read the handler's signature; raises TypeError where it does not fit the row."""
        hints = get_type_hints(self.handler)
        returns = hints.pop("return", None)
        names = _placeholders(self.path)
        self._check(set(names) <= set(hints), f"the handler takes no {names}")
        untyped = set(inspect.signature(self.handler).parameters) - set(hints)
        self._check(not untyped, f"the handler's {sorted(untyped)} have no annotation")
        path = {name: hints.pop(name) for name in names}
        body, query = hints.pop("body", None), hints.pop("query", None)
        nobody = self.access is AccessRule.ANYONE and Caller in hints.values()
        self._check(not nobody, "a route for anyone has no caller")
        return HandlerSignature(body, query, path, hints, self._model(returns))

    def _model(self, returns: Any) -> type[BaseModel] | None:
        is_class = inspect.isclass(returns)
        if is_class and issubclass(returns, BaseModel):
            model: type[BaseModel] = returns
            return model
        nothing = returns is type(None) or (is_class and issubclass(returns, web.StreamResponse))
        self._check(nothing, "the handler gives neither a model, nor a stream, nor nothing")
        return None

    def _check(self, fits: bool, otherwise: str) -> None:
        if not fits:
            raise TypeError(f"{self.name}: {otherwise}")


def _placeholders(path: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(path) if name]
