"""What linking needs from a provider; it raises the errors of desk/setup/errors.py."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from db.tables import ChannelKind
from desk.setup.errors import NotPossibleError
from desk.setup.providers import Credentials

LinkCommand = Literal["start", "stop", "restart", "logout"]


class Linker(Protocol):
    """Links the number of one kind of channel to a phone."""

    async def send_command(self, credentials: Credentials, command: LinkCommand) -> None:
        """Start, stop, restart or unlink the number's session.

        A missing session is not an error: the session supervisor creates it.
        """

    async def request_code(self, credentials: Credentials, phone: str) -> str:
        """Request a code to be typed on the phone with this number (digits)."""


@dataclass(frozen=True, slots=True)
class Linkers:
    """The linkers of the kinds of channels that need one."""

    by_kind: Mapping[ChannelKind, Linker]

    def __getitem__(self, kind: ChannelKind) -> Linker:
        """Return the linker of a kind; raise NotPossibleError if the kind needs no link."""
        try:
            return self.by_kind[kind]
        except KeyError:
            raise NotPossibleError(
                f"channels of the kind {kind} are not linked to a phone"
            ) from None
