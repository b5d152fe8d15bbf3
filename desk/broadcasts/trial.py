"""Preview a broadcast: who gets it, who does not and why; and send it to oneself."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from db.ids import ChannelId, ConversationId
from db.queries.accounts.agents import find_agent
from db.queries.broadcasts.audience import count_audience
from db.tables import Broadcast, SkipReason
from desk.actors import Actor
from desk.broadcasts.audience import build_rules, from_json, list_channels
from desk.broadcasts.content import MessageBuilder, build_example
from desk.causes import Cause
from desk.content import Content
from desk.conversations.threads import find_thread
from desk.messages.replies import reply
from desk.setup.errors import InvalidValueError, NotPossibleError
from desk.templates.rendering import RenderingError
from desk.unit_of_work import UnitOfWork


@dataclass(frozen=True, slots=True)
class Preview:
    """How many people would get a broadcast now."""

    by_channel: Mapping[ChannelId, int]
    skipped: Mapping[SkipReason, int]
    # With example values; empty: there is only a template.
    example: Content = field(default_factory=Content)

    @property
    def people(self) -> int:
        """Return how many people would get it."""
        return sum(self.by_channel.values())


async def preview(uow: UnitOfWork, broadcast: Broadcast) -> Preview:
    """Count who would get a broadcast if it began now."""
    audience, rules = from_json(broadcast.audience), build_rules(uow, broadcast)
    by_channel: Counter[ChannelId] = Counter()
    skipped: Counter[SkipReason] = Counter()
    for each in await count_audience(uow.tx, audience, rules):
        if each.reason is None:
            by_channel[each.channel_id] += each.people
        else:
            skipped[each.reason] += each.people
    channels = list_channels(uow, audience)
    example = build_example(broadcast, channels[0].name if channels else "")
    return Preview(by_channel, skipped, example)


async def send_to_conversation(
    uow: UnitOfWork, broadcast: Broadcast, conversation_id: ConversationId, *, by: Actor
) -> None:
    """Send a broadcast to one conversation, as its customer would get it.

    Raises InvalidValueError, or NotPossibleError if this customer cannot get it.
    """
    thread = await find_thread(uow, conversation_id)
    if thread is None or thread.channel_id not in uow.channels:
        raise InvalidValueError("conversation_id", "names no conversation of a channel in use")
    builder = await MessageBuilder.create(uow, broadcast)
    try:
        content = await builder.build(thread)
    except RenderingError as error:
        raise NotPossibleError(str(error)) from None
    if not builder.can_send(thread, content):
        raise NotPossibleError("the reply window is closed, and the broadcast has no template")
    await reply(uow, thread, by, content, cause=Cause.BROADCAST)


async def send_to_oneself(uow: UnitOfWork, broadcast: Broadcast, *, by: Actor) -> None:
    """Send the text of a broadcast to an administrator's own Telegram account.

    Raises NotPossibleError without a linked account, or a bot among the channels.
    """
    agent = await find_agent(uow.tx, by.agent_id) if by.agent_id else None
    bots = [each for each in uow.channels if each.traits.has_commands and not each.is_staff_bot]
    wanted = {each.id for each in list_channels(uow, from_json(broadcast.audience))}
    bot = min(bots, key=lambda each: (each.id not in wanted, each.id), default=None)
    if agent is None or agent.telegram_id is None or bot is None:
        raise NotPossibleError(
            "your account is not linked to Telegram: link it, or name a conversation"
        )
    builder = await MessageBuilder.create(uow, broadcast)
    content = builder.build_example(agent.name, bot)
    uow.enqueue_for_chat(bot.id, agent.telegram_id, content)
