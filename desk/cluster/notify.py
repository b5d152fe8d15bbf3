"""Notify loops that wait for work, in this process and in others."""

from collections.abc import Callable
from typing import Protocol


class Notifier(Protocol):
    """Notifies a waiting loop that there is work; a `Signal` does so within its own process."""

    def notify(self) -> None: ...


class NotifierHub(Protocol):
    """Creates the notifiers of one process.

    Other processes may miss a notification, so each waiting loop also looks for work from time to
    time.
    """

    def create_notifier(self, topic: str, signal: Notifier) -> Notifier:
        """Return a notifier for `signal`, and for the signals of this topic in other processes."""

    def create_broadcast(
        self, topic: str, receive: Callable[[bytes], None]
    ) -> Callable[[bytes], None]:
        """Return a function that sends a message to the other processes; it may be lost.

        `receive` is called with what they send.
        """

    async def run(self) -> None:
        """Exchange notifications with other processes until cancelled."""

    async def close(self) -> None:
        """Close connections."""


class LocalNotifierHub:
    """A hub for one process that does everything."""

    def create_notifier(self, topic: str, signal: Notifier) -> Notifier:
        _ = topic
        return signal

    def create_broadcast(
        self, topic: str, receive: Callable[[bytes], None]
    ) -> Callable[[bytes], None]:
        """Return a function that does nothing."""
        _ = topic, receive
        return lambda _: None

    async def run(self) -> None:
        """Return at once: there are no other processes."""

    async def close(self) -> None:
        """Do nothing."""
