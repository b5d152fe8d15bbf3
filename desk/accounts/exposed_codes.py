"""A link code that was written in a group: everybody there could use it."""

from db.queues.payloads import DeletePayload
from desk.accounts.binding import void_link_code
from desk.actors import human
from desk.channels import ServedChannel
from desk.content import IncomingMessage
from desk.outbox_items import build_for_chat
from desk.unit_of_work import UnitOfWork


async def void_exposed_code(
    uow: UnitOfWork,
    channel: ServedChannel,
    code: str,
    said: IncomingMessage,
    *,
    author: str,
    topic: str | None,
) -> None:
    """Void the code, delete its message, and tell the author what to do."""
    reason = f"written in the group {said.chat}"
    await void_link_code(uow.tx, code, reason=reason, by=human(author), now=uow.now)
    deletion = DeletePayload(at=said.provider_id, chat=said.chat, topic=topic)
    uow.outbox_items.append(build_for_chat(channel.id, deletion, uow.now, group=True))
    uow.enqueue_for_chat(
        channel.id,
        said.chat,
        uow.text_for_staff("agent.link_in_group", name=author),
        topic=topic,
        group=True,
        # Every bot of the group sees the message.
        dedup_key=f"code:{said.chat}:{said.provider_id}",
    )
