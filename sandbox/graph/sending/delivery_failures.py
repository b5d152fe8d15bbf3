"""Finds messages that Meta accepts but does not deliver, such as those in a closed window."""

from sandbox.graph.model.errors import GraphError
from sandbox.graph.model.records import Chat, Message
from sandbox.graph.model.settings import AT_ONCE, OFF
from sandbox.graph.sending import attachments
from sandbox.graph.state.world import World

WINDOW_SECONDS = 86_400.0


def is_open(world: World, chat: Chat) -> bool:
    """Check whether the customer wrote within the last 24 hours."""
    return world.clock.now() - chat.last_inbound < WINDOW_SECONDS


async def find_failures(world: World, chat: Chat, message: Message) -> GraphError | None:
    """Return the failure to send later as a status; raise one that is refused at once."""
    settings = world.settings
    if not chat.customer.reachable:
        refusal = GraphError(131026, "Message Undeliverable.")
        if settings.undeliverable != OFF:
            return _later(refusal, settings.undeliverable)
    if message.kind != "template" and settings.window != OFF and not is_open(world, chat):
        words = "more than 24 hours have passed since the customer last replied to this number."
        refusal = GraphError(131047, f"Message failed to send because {words}")
        return _later(refusal, settings.window)
    if settings.media == AT_ONCE:
        await fetch_and_check_files(world, chat, message)
    return None


def _later(refusal: GraphError, mode: str) -> GraphError:
    if mode == AT_ONCE:
        raise refusal
    return refusal


async def fetch_and_check_files(world: World, chat: Chat, message: Message) -> None:
    """Fetch and check a message's files; a file that WhatsApp cannot show raises 131053."""
    for kind, part in attachments.list_file_parts(message.kind, message.content):
        if "id" in part:
            media = attachments.find_media(world, str(part["id"]), chat.number)
        else:
            name = str(part.get("filename", ""))
            media = await attachments.fetch_link(world, str(part["link"]), chat.number, name)
        if world.settings.media != OFF:
            attachments.check_file(kind, media, any_document=world.settings.any_document)
        message.more["media_id"] = media.id
        if kind == "audio":
            message.more["voice"] = bool(attachments.OPUS.fullmatch(media.mime))
