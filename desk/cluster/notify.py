"""Wakes whoever waits for work, in this process and in the others."""

from typing import Protocol


class Notifier(Protocol):
    """Tells that there is work; a `Wake` is one for its own process alone."""

    def notify(self) -> None: ...


class NotifierHub(Protocol):
    """Gives out the bells of one process.

    They may fail to be heard elsewhere: whoever waits also looks by itself now and then.
    """

    def create_notifier(self, topic: str, signal: Notifier) -> Notifier:
        """Give the bell that rings `wake`, and the wakes of this topic in other processes."""

    async def run(self) -> None:
        """Carry the ringing from and to other processes until cancelled."""

    async def close(self) -> None:
        """Let go of connections."""


class LocalNotifierHub:
    """All there is when one process does everything."""

    def create_notifier(self, topic: str, signal: Notifier) -> Notifier:
        _ = topic
        return signal

    async def run(self) -> None:
        """Nothing goes in or out."""

    async def close(self) -> None:
        """There is nothing to let go of."""
