"""Pictures that follow an AI agent's answer to a message with a keyword."""

from dataclasses import replace

from db.ids import ReplyFileId
from db.queries.reply_files import find_file
from desk.ai.turns.scene import Scene
from desk.ai.turns.words import find_keyword
from desk.causes import Cause
from desk.messages.attribution import add_author
from desk.messages.from_api import FROM_AI, show_in_topic
from desk.messages.replies import reply
from desk.messages.reply_files import build_file_content


async def send_picture(scene: Scene, question: str) -> None:
    """Send the first picture whose keyword the customer's words contain."""
    uow, thread, config = scene.uow, scene.thread, scene.config
    wanted = (each for each in config.pictures if find_keyword(question, [each.keyword]))
    picture = next(wanted, None)
    file = None if picture is None else await find_file(uow.tx, ReplyFileId(picture.file_id))
    if picture is None or file is None:
        return
    content = replace(build_file_content(file, picture.caption), attributes=FROM_AI)
    cause = Cause.AI_ANSWER
    message_id = await reply(uow, thread, config.actor, content, cause=cause)
    shown = replace(add_author(content, config.name), attributes=FROM_AI)
    show_in_topic(uow, thread, config.name, message_id, shown, cause=cause, reply_to=None)
