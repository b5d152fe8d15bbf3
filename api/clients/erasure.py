"""A client's right to be forgotten."""

import asyncio
from functools import partial

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound, ServiceUnavailable
from api.routing.context import Transactions
from db.ids import ClientId
from desk.clients.erasure import (
    ConcurrentChangeError,
    ErasureStep,
    MergedClientError,
    erase_step,
)
from desk.media.message_files import MessageFiles

# Something is sent within a moment, or waits for the provider with nothing held.
_MAX_BUSY_RETRIES = 50
_BUSY_RETRY_SECONDS = 0.1
# Between two steps others have their turn.
_STEP_PAUSE_SECONDS = 0.01


async def erase_client(
    transactions: Transactions, caller: Caller, client_id: ClientId, files: MessageFiles
) -> None:
    """Delete a client and all that is kept of them: addresses, conversations, messages, files.

    Whoever was joined to them goes with them. Their topics are deleted too, and whoever writes from
    their address is somebody new. What was begun and not answered with success is gone on with by
    asking again.
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
                "they were joined to another client: delete that one, or undo the join first"
            ) from None
        match done:
            case ErasureStep.DONE:
                return
            case ErasureStep.UNKNOWN if began:
                return  # somebody else deleted the last of it
            case ErasureStep.UNKNOWN:
                raise NotFound
            case ErasureStep.BUSY if busy_retries == _MAX_BUSY_RETRIES:
                raise ServiceUnavailable("something is being sent to them: ask again", after=1)
            case ErasureStep.BUSY:
                busy_retries += 1
                await asyncio.sleep(_BUSY_RETRY_SECONDS)
            case ErasureStep.MORE:
                began = True
                await asyncio.sleep(_STEP_PAUSE_SECONDS)
