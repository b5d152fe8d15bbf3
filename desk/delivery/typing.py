"""Shows customers that somebody is writing to them; it gives way to everything else."""

from collections.abc import Mapping
from datetime import timedelta

from db.ids import ChannelId, ConversationId
from db.queries.conversations.threads import Thread
from db.queries.limits.backoffs import save_backoff
from desk.delivery.ports import ChannelSender, Destination, SupportsTyping
from desk.errors import RateLimited, Unavailable
from desk.lanes import person_limit_key
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import RateLimiter
from desk.limits.shared_limits import SharedUsage
from desk.unit_of_work import UnitOfWork

# What is shown stays for five seconds at Telegram.
_INTERVAL = 4.0
# Of what a customer's chat may take, so much is left for answers.
_RESERVE = 2
_MAX_REMEMBERED = 1000


class TypingIndicator:
    """Shows it at most every 4 seconds in a conversation, and only where there is room."""

    def __init__(
        self,
        senders: Mapping[ChannelId, ChannelSender],
        rate_limiter: RateLimiter,
        usage: SharedUsage,
    ) -> None:
        """Take a throttle and budgets of its own: what others spent is in the database."""
        self._senders = senders
        self._rate_limiter = rate_limiter
        self._usage = usage
        self._shown_at: dict[ConversationId, float] = {}
        self._is_reserving = False

    def is_due(self, conversation_id: ConversationId) -> bool:
        """Tell whether nothing was shown in a conversation lately; then that it is shown now."""
        now = steady_now()
        if now - self._shown_at.get(conversation_id, 0.0) < _INTERVAL:
            return False
        if len(self._shown_at) >= _MAX_REMEMBERED:
            self._shown_at = {
                each: at for each, at in self._shown_at.items() if now - at < _INTERVAL
            }
        self._shown_at[conversation_id] = now
        return True

    async def reserve_call(self, uow: UnitOfWork, thread: Thread) -> bool:
        """Take one call of the customer's gate, in the transaction of `desk`; False: no room."""
        if self._is_reserving or not isinstance(
            self._senders.get(thread.channel_id), SupportsTyping
        ):
            return False
        self._is_reserving = True
        try:
            return await self._reserve(uow, person_limit_key(thread.channel_id, thread.external_id))
        finally:
            self._is_reserving = False

    async def _reserve(self, uow: UnitOfWork, rate_limit_key: str) -> bool:
        at = steady_now()
        if not await self._usage.load_usage(uow.tx, uow.now, at):
            return False
        if self._rate_limiter.wait(rate_limit_key, at, reserve=_RESERVE) > 0:
            return False
        self._rate_limiter.spend(rate_limit_key, at)
        await self._usage.save_usage(uow.tx, at)
        return True

    async def show(self, thread: Thread) -> RateLimited | None:
        """Show it; returns what the provider says where it wants to be left alone: to be noted.

        Raises DeliveryError where it was not shown for another reason.
        """
        sender = self._senders.get(thread.channel_id)
        if not isinstance(sender, SupportsTyping):
            raise Unavailable("this channel is not served at the moment")
        try:
            await sender.show_typing(
                Destination(thread.external_id, last_inbound_id=thread.last_inbound_id)
            )
        except RateLimited as error:
            return error
        return None


async def apply_backoff(uow: UnitOfWork, thread: Thread, error: RateLimited) -> None:
    """Close the customer's gate for everybody, as long as the provider asked."""
    rate_limit_key = person_limit_key(thread.channel_id, thread.external_id)
    await save_backoff(uow.tx, rate_limit_key, uow.now + timedelta(seconds=error.retry_after))
