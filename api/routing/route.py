"""One row of the route table, and the signature of its handler."""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
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
# Where the API is mounted.
PREFIX = "/api/v1"
KILOBYTE = 1024
# An anonymous body is validated, and its errors listed, before anyone has logged in.
_ANONYMOUS_BODY_LIMIT = 16 * KILOBYTE


class DependencyGroup:
    """Dependencies that several handlers take as one parameter: each field is injected.

    A subclass is a dataclass.
    """


@dataclass(frozen=True)
class HandlerSignature:
    """What a handler takes and returns, read from its signature."""

    body: type[BaseModel] | None
    query: type[BaseModel] | None
    path: Mapping[str, Any]
    # All other parameters by type: the unit of work, the caller, the request, a service, a group.
    injected: Mapping[str, type]
    returns: type[BaseModel] | None

    @cached_property
    def dependencies(self) -> frozenset[type]:
        """Return the types to inject, with those of the fields of dependency groups."""
        return frozenset(_expand_groups(self.injected.values()))

    @property
    def is_one_transaction(self) -> bool:
        """Return whether the whole handler runs in one transaction; otherwise it runs its own."""
        return UnitOfWork in self.dependencies

    @property
    def needs_caller(self) -> bool:
        return Caller in self.dependencies


@dataclass(frozen=True)
class Route:
    """One row of the route table: the path, the handler, the access rule, the possible problems."""

    method: str
    path: str
    handler: Handler
    summary: str
    access: AccessRule = AccessRule.LOGGED_IN
    status: int = 200
    # Problems of its own, in addition to the ones that follow from its signature.
    raises: tuple[type[Problem], ...] = ()
    # The largest body, in bytes; `body_limit` is smaller on routes for anyone.
    max_bytes: int = 256 * KILOBYTE
    # Media types of the streams that the handler returns.
    stream_types: tuple[str, ...] = ()
    # Whether a signed link opens it, too (api/access/signed_links.py).
    has_links: bool = False
    # Success statuses other than `status`: 206 for a part, 304 for an unchanged file.
    other_statuses: tuple[int, ...] = ()
    # The body of a 202: what was asked for goes on after the response, at the place in `Location`.
    accepted: type[BaseModel] | None = None
    # The media type that the route accepts, when the handler reads the request itself.
    consumes: str = JSON
    form: type[BaseModel] | None = field(default=None)

    @property
    def name(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body_limit(self) -> int:
        """Return the largest body that the route accepts, in bytes."""
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
        """Read the handler's signature; raises TypeError when it does not match the route."""
        hints = get_type_hints(self.handler)
        returns = hints.pop("return", None)
        names = _placeholders(self.path)
        self._check(set(names) <= set(hints), f"the handler lacks one of the parameters {names}")
        untyped = set(inspect.signature(self.handler).parameters) - set(hints)
        self._check(not untyped, f"the handler's {sorted(untyped)} have no annotation")
        path = {name: hints.pop(name) for name in names}
        body, query = hints.pop("body", None), hints.pop("query", None)
        signature = HandlerSignature(body, query, path, hints, self._model(returns))
        has_no_caller = self.access is AccessRule.ANYONE and Caller in signature.dependencies
        self._check(not has_no_caller, "a route for anyone has no caller to inject")
        return signature

    def _model(self, returns: Any) -> type[BaseModel] | None:
        is_class = inspect.isclass(returns)
        if is_class and issubclass(returns, BaseModel):
            model: type[BaseModel] = returns
            return model
        nothing = returns is type(None) or (is_class and issubclass(returns, web.StreamResponse))
        self._check(nothing, "the handler must return a model, a stream or None")
        return None

    def _check(self, fits: bool, otherwise: str) -> None:
        if not fits:
            raise TypeError(f"{self.name}: {otherwise}")


def is_group(kind: Any) -> bool:
    """Check whether a parameter's type is a group of dependencies."""
    return inspect.isclass(kind) and issubclass(kind, DependencyGroup)


def _expand_groups(kinds: Iterable[Any]) -> Iterator[Any]:
    for kind in kinds:
        yield from get_type_hints(kind).values() if is_group(kind) else (kind,)


def _placeholders(path: str) -> list[str]:
    return [name for _, name, _, _ in Formatter().parse(path) if name]
