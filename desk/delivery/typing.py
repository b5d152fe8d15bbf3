"""Show customers the typing indicator; all other calls go first."""

from collections.abc import Mapping
from datetime import timedelta

from db.ids import ChannelId, ConversationId
from db.queries.conversations.threads import Thread
from db.queries.limits.backoffs import save_backoff
from desk.delivery.addresses import customer_destination
from desk.delivery.ports import ChannelSender, SupportsTyping
from desk.errors import RateLimited, Unavailable
from desk.lanes import person_limit_key
from desk.limits.clock import steady_now
from desk.limits.rate_limiter import RateLimiter
from desk.limits.shared_limits import SharedUsage
from desk.unit_of_work import UnitOfWork

# Telegram shows it for five seconds.
_INTERVAL = 4.0
# So many calls of a customer chat's rate limit are left for answers.
_RESERVE = 2
_MAX_REMEMBERED = 1000


class TypingIndicator:
    """Shows the typing indicator, at most every 4 seconds and only if the limits have room."""

    def __init__(
        self,
        senders: Mapping[ChannelId, ChannelSender],
        rate_limiter: RateLimiter,
        usage: SharedUsage,
    ) -> None:
        """Take a rate limiter and a usage of its own: the usage of others is in the database."""
        self._senders = senders
        self._rate_limiter = rate_limiter
        self._usage = usage
        self._shown_at: dict[ConversationId, float] = {}
        self._is_reserving = False

    def is_due(self, conversation_id: ConversationId) -> bool:
        """Check whether the indicator is due in a conversation; if so, count it as shown now."""
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
        """Spend one call of the customer's rate limit in the transaction of `uow`.

        Returns False if there is no room.
        """
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
        """Show the indicator; return the provider's rate limit error, if any, to be recorded.

        Raises DeliveryError if it was not shown for another reason.
        """
        sender = self._senders.get(thread.channel_id)
        if not isinstance(sender, SupportsTyping):
            raise Unavailable("this channel is not served at the moment")
        try:
            await sender.show_typing(customer_destination(thread))
        except RateLimited as error:
            return error
        return None


async def apply_backoff(uow: UnitOfWork, thread: Thread, error: RateLimited) -> None:
    """Close the customer's rate-limit key for all processes, for as long as the provider asked."""
    rate_limit_key = person_limit_key(thread.channel_id, thread.external_id)
    await save_backoff(uow.tx, rate_limit_key, uow.now + timedelta(seconds=error.retry_after))
