"""Staff has a customer's message translated."""

from dataclasses import dataclass, field

from db.database import Database
from db.ids import MessageId, SessionId, new_id
from db.tables import OutboxKind
from desk.actors import Actor, human
from desk.ai.turns.steering import press_button
from desk.ai.turns.thought import Cost, Material, Thought
from desk.ai.turns.translations import ask_for_translation
from desk.delivery.cards import build_card
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


async def test_a_button_on_the_card_translates_for_staff_of_another_language(
    database: Database,
) -> None:
    scene = await open_scene(database, mode="off")
    scene.model = Translator()
    await scene.says("paket saya di mana?")
    thread, channel = await scene.thread(), next(iter(scene.stage.channels))

    def find_buttons(language: str, *, can_translate: bool) -> list[str]:
        card = build_card(thread, channel, language, scene.stage.now, can_translate=can_translate)
        return [each["data"] for row in card.buttons for each in row if "translate" in each["data"]]

    assert thread.language == "en"
    assert find_buttons("en", can_translate=True) == []
    assert find_buttons("id", can_translate=False) == []
    [data] = find_buttons("id", can_translate=True)

    async def press(actor: Actor) -> tuple[str, bool]:
        return await scene.does(
            lambda uow, thread: press_button(uow, thread, actor, data, ("-1001", "77"))
        )

    assert await press(scene.mia) == ("The translation comes as a message in this topic.", False)
    await scene.think()
    assert await list_notices(scene) == ["🌐 Where is my parcel?"]
    assert (await press(human("Nobody")))[1]
