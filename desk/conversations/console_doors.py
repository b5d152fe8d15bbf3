"""Doors to the console inside Telegram: the menu button, buttons below messages, links on cards.

They exist where the console has an address that Telegram opens, for agents whose account is bound.
"""

from db.ids import ChannelId, ConversationId
from db.queries.accounts.accounts import list_bound_agents
from db.queries.channels import channels as channel_queries
from db.queries.conversations.place import Place
from db.queues.payloads import Buttons, MenuButtonPayload
from desk.channels import CONSOLE_URL, Channels, ServedChannel
from desk.outbox_items import build_for_menu
from desk.texts import translate
from desk.unit_of_work import UnitOfWork

# A link to a bot carries a conversation as /start s_ID.
_START_PREFIX = "s_"
_ID_LENGTH = 26


def build_console_button(
    bot: ServedChannel, language: str, conversation_id: ConversationId | None = None
) -> Buttons:
    """Build the button that opens the console from a private chat; empty without an address."""
    address = bot.settings.get(CONSOLE_URL)
    if not address:
        return []
    page = f"{address}?open={conversation_id}" if conversation_id else address
    return [[{"text": translate(language, "console.open"), "web_app": page}]]


def build_card_button(
    channels: Channels, place: Place, conversation_id: ConversationId, language: str
) -> Buttons:
    """Build the button of a card: in groups it leads to a private chat, which has the button."""
    bot = channels.find_agents_bot(place.channel_id)
    if bot is None or not bot.settings.get(CONSOLE_URL):
        return []
    if place.agent_id is not None:
        return build_console_button(bot, language, conversation_id)
    username = bot.settings.get("username")
    link = f"https://t.me/{username}?start={_START_PREFIX}{conversation_id}"
    return [[{"text": translate(language, "console.open"), "url": link}]] if username else []


def parse_start(argument: str) -> ConversationId | None:
    """Return the conversation that a link to the bot names."""
    named = argument.removeprefix(_START_PREFIX)
    is_link = named != argument and len(named) == _ID_LENGTH and named.isalnum()
    return ConversationId(named) if is_link else None


def show_menu_button(uow: UnitOfWork, telegram_id: str) -> None:
    """Show a bound agent the menu button in their chats with the bots that agents write to."""
    for bot, address in _list_doors(uow):
        _set_menu_button(uow, bot.id, telegram_id, address)


def hide_menu_button(uow: UnitOfWork, telegram_id: str) -> None:
    """Remove the button from the chats of a person whose account is no longer bound."""
    for bot, _ in _list_doors(uow):
        _set_menu_button(uow, bot.id, telegram_id, "")


def _list_doors(uow: UnitOfWork) -> list[tuple[ServedChannel, str]]:
    found = ((each, each.settings.get(CONSOLE_URL)) for each in uow.channels)
    return [(bot, str(address)) for bot, address in found if address]


async def open_doors(uow: UnitOfWork, bot_id: ChannelId, address: str | None) -> None:
    """Save where a bot opens the console, and set the menu buttons of all agents if that changed.

    Without an address their buttons are removed. Processes that do this together do it once.
    """
    bot = await channel_queries.find_channel(uow.tx, bot_id, lock=True)
    if bot is None or bot.settings.get(CONSOLE_URL) == address:
        return
    bot.settings = {**bot.settings, CONSOLE_URL: address}
    for agent in await list_bound_agents(uow.tx):
        if agent.telegram_id is not None:
            _set_menu_button(uow, bot_id, agent.telegram_id, address or "")


def _set_menu_button(uow: UnitOfWork, bot_id: ChannelId, telegram_id: str, address: str) -> None:
    text = uow.text_for_staff("console.menu") if address else ""
    payload = MenuButtonPayload(telegram_id, text, address)
    uow.outbox_items.append(build_for_menu(bot_id, payload, uow.now))
