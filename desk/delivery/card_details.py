"""Load what only cards show, before they are drawn and to tell whether it has changed since."""

from collections.abc import Sequence

from db.database import Transaction
from db.queries.conversations.card_details import read_card_details
from db.queries.conversations.threads import Thread


async def load_card_details(tx: Transaction, threads: Sequence[Thread]) -> None:
    """Load the details of these threads' open sessions."""
    ids = [each.session_id for each in threads if each.session_id is not None]
    details = await read_card_details(tx, ids)
    for thread in threads:
        if thread.session_id is not None and thread.session_id in details:
            thread.card_details = details[thread.session_id]
