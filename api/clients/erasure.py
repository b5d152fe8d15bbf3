"""Delete all data of a client."""

import asyncio
from functools import partial

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound, ServiceUnavailable
from api.routing.transactions import Transactions
from db.ids import ClientId
from desk.clients.erasure import (
    ConcurrentChangeError,
    ErasureStep,
    MergedClientError,
    erase_step,
)
from desk.media.message_files import MessageFiles

# Sending takes a moment, or waits for the provider without holding a lock.
_MAX_BUSY_RETRIES = 50
_BUSY_RETRY_SECONDS = 0.1
# Give other transactions a turn between two steps.
_STEP_PAUSE_SECONDS = 0.01


async def erase_client(
    transactions: Transactions, caller: Caller, client_id: ClientId, files: MessageFiles
) -> None:
    """Delete a client and all their data: contacts, conversations, messages, files.

    Clients who were merged into them are deleted too, and so are their topics. Whoever writes from
    their address later is a new client. A 503 means that the deletion is incomplete; try again.
    """
    step = partial(erase_step, client_id=client_id, forget=files.forget, by=caller.agent)
    busy_retries, began = 0, False
    while True:
        try:
            done = await transactions.run(step)
        except ConcurrentChangeError:
            done = ErasureStep.BUSY
        except MergedClientError:
            raise Conflict(
                "this client was merged into another: delete that client, or undo the merge first"
            ) from None
        match done:
            case ErasureStep.DONE:
                return
            case ErasureStep.UNKNOWN if began:
                return  # another request deleted the rest
            case ErasureStep.UNKNOWN:
                raise NotFound
            case ErasureStep.BUSY if busy_retries == _MAX_BUSY_RETRIES:
                raise ServiceUnavailable(
                    "a message is being sent to this client: the deletion is incomplete, try again",
                    after=1,
                )
            case ErasureStep.BUSY:
                busy_retries += 1
                await asyncio.sleep(_BUSY_RETRY_SECONDS)
            case ErasureStep.MORE:
                began = True
                await asyncio.sleep(_STEP_PAUSE_SECONDS)
