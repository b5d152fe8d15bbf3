"""Customers' pictures are given to the model where the agent is set up so, within limits."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from db.database import Database
from db.ids import ChannelId, MessageId
from db.tables import AiAction, MessageType
from desk.ai.model.budget import BudgetLimits
from desk.ai.model.levels import ModelNames
from desk.ai.model.ports import (
    AiAnswer,
    AnswerAction,
    AnswerForm,
    ModelReply,
    ModelRequest,
    Usage,
    WrittenText,
)
from desk.ai.turns.customer_pictures import MAX_BYTES, CustomerPictures
from desk.ai.turns.with_model import ModelAnswers
from desk.content import Content
from desk.media.errors import FileGoneError
from tests.desk.ai.turns.turn_scene import StageTransactions, TurnScene, open_scene

PNG = b"\x89PNG\r\n\x1a\n" + bytes(60)


@dataclass
class SeeingModel:
    """A model that asks back, and keeps what it was shown."""

    requests: list[ModelRequest] = field(default_factory=list)

    async def answer(self, request: ModelRequest) -> ModelReply:
        self.requests.append(request)
        said = AiAnswer(AnswerAction.CLARIFY, "Is that the door of our shop?", confidence=0.9)
        return ModelReply(said, Usage(9, 9), 0.1, AnswerForm.JSON_SCHEMA, "m")

    async def write(self, request: ModelRequest) -> WrittenText:
        return WrittenText("A picture.", Usage(9, 9), 0.1, "m")

    @property
    def shown(self) -> list[tuple[str, bytes]]:
        [request] = self.requests
        images = [image for each in request.messages for image in each.images]
        return [(each.mime_type, each.data) for each in images]


@dataclass
class Disk:
    """The files of messages; None: the provider does not have it any more."""

    file: Path | None

    async def path(
        self, message_id: MessageId, file: Mapping[str, Any], via: ChannelId, *, most: int | None
    ) -> Path:
        assert most == MAX_BYTES
        if self.file is None:
            raise FileGoneError("gone")
        return self.file


async def send_picture(
    scene: TurnScene, data: bytes | None, folder: Path, *, size: int | None = None
) -> SeeingModel:
    """Let the customer send a picture, and the agent think about it."""
    place = None if data is None else folder / "picture"
    if place is not None and data is not None:
        place.write_bytes(data)
    model = SeeingModel()
    scene.model = ModelAnswers(
        model,
        ModelNames("m"),
        BudgetLimits(),
        StageTransactions(scene.stage),
        lambda: 0.5,
        pictures=CustomerPictures(Disk(place)),
    )
    picture = Content(MessageType.IMAGE, file={"id": "x", "size": size or len(data or b"")})
    await scene.says("", kind=picture)
    await scene.passes(3)
    return model


async def test_a_picture_is_shown_to_the_model(database: Database, tmp_path: Path) -> None:
    scene = await open_scene(database, reads_pictures=True)
    model = await send_picture(scene, PNG, tmp_path)
    assert model.shown == [("image/png", PNG)]
    assert await scene.sent() == ["Is that the door of our shop?"]


async def test_without_the_setting_a_human_looks_at_it(database: Database, tmp_path: Path) -> None:
    scene = await open_scene(database)
    model = await send_picture(scene, PNG, tmp_path)
    assert model.requests == []
    assert await scene.actions() == [AiAction.HANDOVER]


@pytest.mark.parametrize(
    ("data", "size"), [(None, 9), (b"%PDF-1.4 no picture", None), (PNG, MAX_BYTES + 1)]
)
async def test_what_is_no_usable_picture_is_only_named(
    database: Database, tmp_path: Path, data: bytes | None, size: int | None
) -> None:
    scene = await open_scene(database, reads_pictures=True)
    model = await send_picture(scene, data, tmp_path, size=size)
    assert model.shown == []
    assert "(A file: IMAGE)" in model.requests[0].messages[-1].text
    assert await scene.sent() == ["Is that the door of our shop?"]
