"""Staff has a customer's message translated."""

from dataclasses import dataclass, field

from db.database import Database
from db.ids import MessageId, SessionId, new_id
from db.tables import OutboxKind
from desk.ai.turns.thought import Cost, Material, Thought
from desk.ai.turns.translations import ask_for_translation
from desk.knowledge.ports import SearchResult
from tests.desk.ai.turns.turn_scene import TurnScene, open_scene


@dataclass
class Translator:
    """A model that only translates."""

    text: str = "Where is my parcel?"
    asked: list[tuple[str, str]] = field(default_factory=list)
    reads_pictures: bool = False

    async def translate(self, text: str, language: str, session_id: SessionId) -> str:
        self.asked.append((text, language))
        return self.text

    async def answer(self, material: Material, found: SearchResult | None) -> Thought:
        raise AssertionError(material)

    async def summarize(self, material: Material) -> tuple[str, Cost]:
        raise AssertionError(material)

    async def follow_up(self, material: Material) -> str:
        raise AssertionError(material)


async def ask(scene: TurnScene, message_id: MessageId | None = None) -> str | None:
    return await scene.does(lambda uow, thread: ask_for_translation(uow, thread, message_id))


async def list_notices(scene: TurnScene) -> list[str]:
    return [each for each in await scene.sent(OutboxKind.STAFF_NOTICE) if "🌐" in each]


async def test_the_customers_last_message_is_translated_once(database: Database) -> None:
    scene = await open_scene(database, mode="off")
    scene.model = model = Translator()
    await scene.says("halo")
    await scene.says("paket saya di mana?")
    await scene.answers("one moment")
    assert await ask(scene) is None
    assert await ask(scene) is None  # pressed twice: one job
    [job] = await scene.claim_jobs()
    await scene.run_job(job)
    await scene.run_job(job)  # as after a crash
    assert model.asked[0] == ("paket saya di mana?", "en")
    assert await list_notices(scene) == ["🌐 Where is my parcel?"]


async def test_what_cannot_be_translated_is_said(database: Database) -> None:
    scene = await open_scene(database, mode="off")
    await scene.says("halo")
    why = "There is no message of the customer to translate here."
    assert await ask(scene, MessageId(new_id())) == why
    for model, words in (
        (None, "There is no language model"),
        (Translator(""), "The language model gave no translation"),
    ):
        scene.model = model
        assert await ask(scene) is None
        await scene.think()
        said = await scene.sent(OutboxKind.STAFF_NOTICE)
        assert [each for each in said if each.startswith(words)], said
