"""A slow send is an early sign of a flood, unless it uploads a file."""

from datetime import UTC, datetime

import pytest

from db.ids import ChannelId, ConversationId
from db.queues.outbox import OutboxRow
from db.queues.payloads import AnswerPayload
from db.tables import MessageType, OutboxKind, OutboxState, Queue, Side
from desk.content import Content
from desk.delivery.ports import Delivery, Destination
from desk.delivery.work import Ambiguous, Deliver, Outcome, Work

NOW = datetime(2026, 1, 1, tzinfo=UTC)
ROW = OutboxRow(
    id=1,
    lane="customer:1",
    channel_id=ChannelId("c"),
    conversation_id=ConversationId("v"),
    message_id=None,
    payload=AnswerPayload(Content(text="x")),
    state=OutboxState.PENDING,
    attempts=0,
    due_at=NOW,
    created_at=NOW,
)


def delivered(*contents: Content) -> Outcome:
    deliveries = tuple(
        Delivery(1, OutboxKind.ANSWER, Side.CUSTOMER, Destination("7"), content=content)
        for content in contents
    )
    step = Deliver((ROW,) * len(contents), deliveries)
    return Outcome(
        Work(Queue.CUSTOMER, "lane", "limit key", "token", NOW, step, 0.0, has_more=False)
    )


UPLOAD = Content(type=MessageType.FILE, file={"upload": "01", "size": 1})
COPIED = Content(type=MessageType.FILE, file={"id": "x"}, source=("7", "8"))


@pytest.mark.parametrize(
    ("contents", "may_be_slow"),
    [
        ((Content(text="x"),), False),
        ((COPIED,), False),
        ((UPLOAD,), True),
        ((COPIED, UPLOAD), True),
    ],
)
def test_only_an_upload_may_be_slow(contents: tuple[Content, ...], may_be_slow: bool) -> None:
    assert delivered(*contents).has_upload is may_be_slow


def test_an_ambiguous_row_has_no_upload() -> None:
    work = Work(
        Queue.CUSTOMER, "lane", "limit key", "token", NOW, Ambiguous(ROW), 0.0, has_more=False
    )
    assert not Outcome(work).has_upload
