"""Shows customers that somebody is writing to them; it gives way to everything else."""

from collections.abc import Mapping
from datetime import timedelta

from db.ids import ChannelId, ConversationId
from db.queries.conversations.threads import Thread
from db.queries.limits.backoffs import save_backoff
from desk.delivery.ports import Carrier, Place, SupportsTyping
from desk.errors import RateLimited, Unavailable
from desk.lanes import person_gate
from desk.limits.clock import steady
from desk.limits.rate_limiter import Throttle
from desk.limits.shared_limits import Budgets
from desk.unit_of_work import Desk

# What is shown stays for five seconds at Telegram.
_EVERY = 4.0
# Of what a customer's chat may take, so much is left for answers.
_RESERVE = 2
_MOST_REMEMBERED = 1000


class Composing:
    """Shows it at most every 4 seconds in a conversation, and only where there is room."""

    def __init__(
        self, carriers: Mapping[ChannelId, Carrier], throttle: Throttle, budgets: Budgets
    ) -> None:
        """Take a throttle and budgets of its own: what others spent is in the database."""
        self._carriers = carriers
        self._throttle = throttle
        self._budgets = budgets
        self._shown: dict[ConversationId, float] = {}
        self._asking = False

    def is_due(self, conversation_id: ConversationId) -> bool:
        """Tell whether nothing was shown in a conversation lately; then that it is shown now."""
        now = steady()
        if now - self._shown.get(conversation_id, 0.0) < _EVERY:
            return False
        if len(self._shown) >= _MOST_REMEMBERED:
            self._shown = {each: at for each, at in self._shown.items() if now - at < _EVERY}
        self._shown[conversation_id] = now
        return True

    async def take_room(self, desk: Desk, thread: Thread) -> bool:
        """Take one call of the customer's gate, in the transaction of `desk`; False: no room."""
        if self._asking or not isinstance(self._carriers.get(thread.channel_id), SupportsTyping):
            return False
        self._asking = True
        try:
            return await self._take(desk, person_gate(thread.channel_id, thread.external_id))
        finally:
            self._asking = False

    async def _take(self, desk: Desk, gate: str) -> bool:
        at = steady()
        if not await self._budgets.borrow(desk.tx, desk.now, at):
            return False
        if self._throttle.wait(gate, at, reserve=_RESERVE) > 0:
            return False
        self._throttle.spend(gate, at)
        await self._budgets.give_back(desk.tx, at)
        return True

    async def show(self, thread: Thread) -> RateLimited | None:
        """Show it; returns what the provider says where it wants to be left alone: to be noted.

        Raises DeliveryError where it was not shown for another reason.
        """
        carrier = self._carriers.get(thread.channel_id)
        if not isinstance(carrier, SupportsTyping):
            raise Unavailable("this channel is not served any more")
        try:
            await carrier.show_typing(
                Place(thread.external_id, last_inbound_id=thread.last_inbound_id)
            )
        except RateLimited as error:
            return error
        return None


async def note_pause(desk: Desk, thread: Thread, asked: RateLimited) -> None:
    """Close the customer's gate for everybody, as long as the provider asked."""
    gate = person_gate(thread.channel_id, thread.external_id)
    await save_backoff(desk.tx, gate, desk.now + timedelta(seconds=asked.after))
