"""What linking asks of a provider; raises what desk/setup/errors.py draws."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal, Protocol

from db.tables import ChannelKind
from desk.setup.errors import NotPossibleError
from desk.setup.providers import Credentials

LinkCommand = Literal["start", "stop", "restart", "logout"]


class Linker(Protocol):
    """One kind of channel's link between its number and a phone."""

    async def send_command(self, credentials: Credentials, command: LinkCommand) -> None:
        """Have the number's session started, stopped, restarted or unlinked.

        That there is none yet is no fault: whoever keeps the link makes it.
        """

    async def request_code(self, credentials: Credentials, phone: str) -> str:
        """Ask for a code to be typed on the phone with this number (digits)."""


@dataclass(frozen=True, slots=True)
class Linkers:
    """The linkers of the kinds of channels that need one."""

    by_kind: Mapping[ChannelKind, Linker]

    def __getitem__(self, kind: ChannelKind) -> Linker:
        """Give a kind's linker; raises NotPossibleError where it needs no link."""
        try:
            return self.by_kind[kind]
        except KeyError:
            raise NotPossibleError(
                f"channels of the kind {kind} are not linked to a phone"
            ) from None
