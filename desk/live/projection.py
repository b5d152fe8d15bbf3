"""The live events: write a transaction's events to the event log (docs/adr/0014-events.md).

They are one row with ids only. Their texts are read when they are sent.
"""

from collections.abc import Sequence
from typing import Any, assert_never

from db.queries.events.events import EventRecord, add_to_log
from db.tables import EventKind
from desk import events
from desk.unit_of_work import UnitOfWork


class LiveEvents:
    """The only writer of the event log."""

    name = "live_events"

    async def project(self, uow: UnitOfWork, happened: Sequence[events.Event]) -> None:
        await add_to_log(uow.tx, [_to_record(each) for each in happened], uow.now)


def _to_record(event: events.Event) -> EventRecord:  # noqa: C901, PLR0912 one line for each class
    match event:
        case events.MessageAdded():
            return EventRecord(EventKind.MESSAGE_NEW, event.session_id, event.message_id)
        case events.DeliveryChanged():
            return EventRecord(EventKind.DELIVERY, None, event.message_id)
        case events.DeliveryDelayed(message_id, until):
            more = {"held_until": until.isoformat()}
            return EventRecord(EventKind.DELIVERY, None, message_id, more)
        case events.MessageEdited():
            return EventRecord(EventKind.MESSAGE_EDITED, None, event.message_id)
        case events.MessageDeleted():
            return EventRecord(EventKind.MESSAGE_DELETED, event.session_id, event.message_id)
        case events.MessagesRead():
            return EventRecord(EventKind.MESSAGE_READ, event.session_id)
        case events.MessageReacted():
            return EventRecord(EventKind.MESSAGE_REACTION, None, event.message_id)
        case events.SessionOpened():
            return EventRecord(EventKind.SESSION_OPENED, event.session_id)
        case events.SessionAssigned():
            return EventRecord(EventKind.SESSION_ASSIGNED, event.session_id, event.agent_id)
        case events.SessionTransferred(session_id, former, to, was_held_by_ai):
            moved: dict[str, Any] = {"from": former}
            if was_held_by_ai:
                moved["from_ai"] = True
            return EventRecord(EventKind.SESSION_TRANSFERRED, session_id, to, moved)
        case events.SessionEnded():
            return EventRecord(EventKind.SESSION_ENDED, event.session_id)
        case events.SessionReopened(session_id, former, _):
            return EventRecord(EventKind.SESSION_REOPENED, session_id, None, {"from": former})
        case events.SessionTagsChanged():
            return EventRecord(EventKind.SESSION_TAGS, event.session_id)
        case events.SessionRated(session_id, rating):
            return EventRecord(EventKind.SESSION_RATED, session_id, None, {"rating": rating})
        case events.SessionPriorityChanged():
            return EventRecord(EventKind.SESSION_PRIORITY, event.session_id)
        case events.SessionSnoozed():
            return EventRecord(EventKind.SESSION_SNOOZED, event.session_id)
        case events.SessionSlaChanged():
            return EventRecord(EventKind.SESSION_SLA, event.session_id)
        case events.SessionSuggestionChanged(session_id, turn_id):
            draft = {"suggestion": turn_id}
            return EventRecord(EventKind.SESSION_SUGGESTION, session_id, None, draft)
        case events.WindowClosing():
            return EventRecord(EventKind.WINDOW_CLOSING, event.session_id)
        case events.SessionClientChanged(session_id, now_of, was_of):
            more = {"client": now_of, "was": was_of}
            return EventRecord(EventKind.SESSION_CLIENT, session_id, None, more)
        case events.AgentStatusChanged(agent_id, status):
            return EventRecord(EventKind.AGENT_STATUS, None, agent_id, {"status": status.value})
        case events.AgentChanged(agent_id):
            return EventRecord(EventKind.AGENT_CHANGED, None, agent_id)
        case events.TagChanged(tag_id):
            return EventRecord(EventKind.TAG_CHANGED, None, tag_id)
        case events.MentionsChanged(agent_id):
            return EventRecord(EventKind.MENTIONS_CHANGED, None, agent_id)
        case events.TypingStarted():
            return EventRecord(EventKind.TYPING, event.session_id, event.agent_id)
        case events.ChannelLinkChanged(channel_id, status):
            return EventRecord(EventKind.CHANNEL_LINK, None, channel_id, {"status": status.value})
        case events.ChannelChanged(channel_id):
            return EventRecord(EventKind.CHANNEL_CHANGED, None, channel_id)
        case events.ClientChanged(client_id):
            return EventRecord(EventKind.CLIENT_CHANGED, None, client_id)
        case events.CannedReplyChanged(reply_id):
            return EventRecord(EventKind.CANNED_REPLY_CHANGED, None, reply_id)
        case events.BroadcastChanged(broadcast_id, state, counts):
            by_state = {each.value: many for each, many in counts.items()}
            about: dict[str, Any] = {"state": state.value, "counts": by_state}
            return EventRecord(EventKind.BROADCAST_CHANGED, None, broadcast_id, about)
        case _:
            assert_never(event)
