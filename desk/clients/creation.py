"""Create a client before they write: a person, and an address at which they can be reached."""

from db.ids import ClientId
from db.queries.clients import clients
from desk.actors import Actor
from desk.audit import add_entry
from desk.channels import ServedChannel
from desk.content import Person
from desk.conversations.threads import ensure_thread, find_thread_by_address
from desk.events import ClientChanged
from desk.unit_of_work import UnitOfWork


class AddressTakenError(Exception):
    """A client has this address already."""

    def __init__(self, client_id: ClientId) -> None:
        super().__init__(f"this number has a client on this channel already: {client_id}")


async def create_client(
    uow: UnitOfWork,
    name: str,
    *,
    phone: str | None,
    email: str | None,
    avatar_url: str | None,
    by: Actor,
    reached_on: tuple[ServedChannel, str] | None = None,
) -> ClientId:
    """Create a client; with `reached_on` also a contact at this address, with a conversation.

    No session is opened and nothing is sent: the first message does that. Raises
    AddressTakenError.
    """
    if reached_on is None:
        client_id = await clients.add_client(
            uow.tx,
            name=name,
            username=None,
            telegram_id=None,
            language=None,
            phone=phone,
            now=uow.now,
        )
    else:
        channel, address = reached_on
        there = await find_thread_by_address(uow, channel, address)
        if there is not None:
            raise AddressTakenError(there.client_id)
        thread = await ensure_thread(uow, channel, Person(address, name=name, phone=phone))
        client_id = thread.client_id
        uow.drop_thread(thread)
    values = {"name": name, "is_renamed": True, "email": email, "avatar_url": avatar_url}
    await clients.update_client(uow.tx, client_id, **values)
    add_entry(uow, by, "client.created", client_id)
    uow.events.add(ClientChanged(client_id))
    return client_id
