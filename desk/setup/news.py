"""Tells every process that a channel was changed; those that do not hear it look by themselves."""

from dataclasses import dataclass

from desk.cluster.notify import Bell


@dataclass(frozen=True, slots=True)
class ChannelNews:
    """The bell that has channels read again."""

    bell: Bell

    def tell(self) -> None:
        """Ring; to be done when the change is committed."""
        self.bell.ring()
