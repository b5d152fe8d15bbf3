"""What a process provides to its API: transactions, HTTP policy, and services by type."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from api.http.graceful_shutdown import GracefulShutdown
from api.http.policy import HttpPolicy
from api.routing.transactions import Transactions


@dataclass(frozen=True, slots=True)
class ApiContext:
    """Everything that handlers may ask for."""

    transactions: Transactions
    http_policy: HttpPolicy = field(default_factory=HttpPolicy)
    # Other services that handlers take, by their type.
    services: Mapping[type, Any] = field(default_factory=dict)
    shutdown: GracefulShutdown = field(default_factory=GracefulShutdown)
