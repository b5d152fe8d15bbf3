"""The usual beginning of a scenario."""

from tests.flows.chat_message import ChatMessage
from tests.flows.customers import Customer
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage


async def start_conversation(stage: Stage) -> tuple[Person, Customer, Topic]:
    """Add an agent and a customer who have a topic with its card."""
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.wait_for("hello")
    await topic.card(ann.name)
    return mia, ann, topic


async def find_received(ann: Customer, text: str) -> list[ChatMessage]:
    """List the messages that a customer received that begin with this text, in order."""
    return [each for each in await ann.list_received() if each.text.startswith(text)]
