"""A file of the history takes the place of what stood for it, with all that is known of it."""

from datetime import timedelta

from db.ids import MessageId
from db.queries.messages.message_rows import read_message
from db.tables import MessageType
from desk.content import Content, Person
from desk.messages.context import FORWARDED_FROM
from desk.messages.past_messages import PastMessage, complete_past_message, keep_past_messages
from desk.unit_of_work import UnitOfWork
from tests.desk.stage import Stage


async def test_a_forwarded_file_of_the_history_stays_a_forwarded_one(stage: Stage) -> None:
    channel = stage.channels[stage.channel_id]
    sign = Content(type=MessageType.OTHER, text="A file", attributes={"kind": "image"})
    file = Content(
        type=MessageType.IMAGE, file={"id": "f", "size": 1}, attributes={FORWARDED_FROM: ""}
    )

    async def keep(uow: UnitOfWork) -> None:
        past = PastMessage(sign, "w1", uow.now - timedelta(days=9), is_from_customer=True)
        await keep_past_messages(uow, channel, Person("628", "Ana"), [past])
        message_id = uow.find_collected_message(channel.id, "628", "w1")
        assert await complete_past_message(uow, channel, ["628"], "w1", file)
        row = await read_message(uow.tx, MessageId(message_id or ""))
        assert (row.message_type, row.message, row.file) == (file.type, None, file.file)
        assert row.attributes == file.attributes

    await stage.run_in_uow(keep)
