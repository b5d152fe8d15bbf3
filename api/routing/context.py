"""What a process provides to its API: transactions, HTTP policy, and services by type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.http.graceful_shutdown import GracefulShutdown
from api.http.policy import HttpPolicy
from api.routing.transactions import Transactions
from desk.limits.body_reader import MEGABYTE, BodyReader


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Everything that handlers may ask for."""

    transactions: Transactions
    http_policy: HttpPolicy = field(default_factory=HttpPolicy)
    # Other services that handlers take, by their type.
    services: Mapping[type, Any] = field(default_factory=dict)
    shutdown: GracefulShutdown = field(default_factory=GracefulShutdown)
    # Read the bodies of requests without a login, and with one.
    anonymous_bodies: BodyReader = field(default_factory=BodyReader)
    known_bodies: BodyReader = field(
        default_factory=lambda: BodyReader(
            seconds=20.0, max_bodies=512, max_bytes_in_all=64 * MEGABYTE
        )
    )
