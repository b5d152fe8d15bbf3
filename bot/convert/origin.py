"""Name the bot that has what staff wrote, if it is not the one that others assume. Pure."""

from dataclasses import replace

from db.ids import ChannelId
from desk.content import FILE_CHANNEL, IncomingMessage


def name_origin(said: IncomingMessage, bot: ChannelId) -> IncomingMessage:
    """Return a message whose file is downloaded through `bot`, and that no other bot copies.

    File ids and messages of a private chat belong to one bot.
    """
    content = replace(said.content, source=None)
    if content.file is not None:
        content = replace(content, file={**content.file, FILE_CHANNEL: bot})
    return replace(said, content=content)
