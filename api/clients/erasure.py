"""A client's right to be forgotten."""

import asyncio
from functools import partial

from api.access.caller import Caller
from api.errors.problems import Conflict, NotFound, Unavailable
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
_MOMENTS = 50
_MOMENT = 0.1
# Between two steps others have their turn.
_BREATH = 0.01


async def delete(
    within: Transactions, caller: Caller, client_id: ClientId, files: MessageFiles
) -> None:
    """Delete a client and all that is kept of them: addresses, conversations, messages, files.

    Whoever was joined to them goes with them. Their topics are deleted too, and whoever writes from
    their address is somebody new. What was begun and not answered with success is gone on with by
    asking again.
    """
    step = partial(erase_step, client_id=client_id, forget=files.forget, by=caller.agent)
    moments, began = 0, False
    while True:
        try:
            done = await within.run(step)
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
            case ErasureStep.BUSY if moments == _MOMENTS:
                raise Unavailable("something is being sent to them: ask again", after=1)
            case ErasureStep.BUSY:
                moments += 1
                await asyncio.sleep(_MOMENT)
            case ErasureStep.MORE:
                began = True
                await asyncio.sleep(_BREATH)
