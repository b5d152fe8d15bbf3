"""Draw the cards of conversations, as a process's settings want them."""

from db.queries.conversations.place import Place
from db.queries.conversations.threads import Thread
from db.tables.base import now_utc
from desk.channels import Channels
from desk.conversations.console_doors import build_card_button
from desk.delivery.cards import build_card
from desk.delivery.executor import DrawCard
from desk.delivery.ports import Card
from scripts.configuration.settings import Settings


def build_card_drawer(settings: Settings, channels: Channels) -> DrawCard:
    """Build the function that draws the card of a conversation for one of its places."""
    language, zone = settings.default_language, settings.timezone

    def draw(thread: Thread, place: Place) -> Card:
        console = build_card_button(channels, place, thread.conversation_id, language)
        return build_card(
            thread,
            channels[thread.channel_id],
            language,
            now_utc(),
            zone,
            can_translate=settings.has_language_model,
            console=console,
        )

    return draw
