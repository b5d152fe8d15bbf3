"""How most scenarios begin."""

from tests.flows.chat_message import Heard
from tests.flows.customers import Customer
from tests.flows.staff import Person, Topic
from tests.flows.stage import Stage


async def talking(stage: Stage) -> tuple[Person, Customer, Topic]:
    """Bring an agent and a customer who have a topic with its card."""
    mia, ann = await stage.agent("Mia", online=False), await stage.customer()
    await ann.says("hello")
    topic = await stage.topic(ann)
    await topic.shows("hello")
    await topic.card(ann.name)
    return mia, ann, topic


async def told(ann: Customer, text: str) -> list[Heard]:
    """List what a customer got that begins with this text, in order."""
    return [each for each in await ann.heard() if each.text.startswith(text)]
