"""Convert sessions, and the parts that conversations share with them, to schemas."""

from datetime import datetime

from api.sessions.models import (
    AgentBrief,
    ChannelBrief,
    ClientBrief,
    LastMessage,
    SessionOut,
    SlaOut,
    TagBrief,
)
from db.queries.conversations.conversation_summary import ConversationRow
from db.queries.conversations.session_rows import SessionRow


def session_to_schema(row: SessionRow) -> SessionOut:
    """Convert a session's row to the schema."""
    return SessionOut(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        status=row.status,
        waiting=row.is_waiting,
        created_at=row.created_at,
        ended_at=row.ended_at,
        unread_count=row.unread_count,
        reply_until=row.reply_until,
        client=client_to_brief(row),
        channel=ChannelBrief(id=row.channel_id, kind=row.channel_kind, name=row.channel_name),
        agent=agent_to_brief(row),
        tags=tags_to_briefs(row),
        priority=row.priority,
        snoozed_until=row.snoozed_until,
        sla=sla_to_schema(row),
        last_message=last_message_to_schema(row),
        **clocks_of(row, is_waiting=row.is_waiting),
    )


def sla_to_schema(row: SessionRow | ConversationRow) -> SlaOut | None:
    """Return the customer's last wait that has a target."""
    if row.sla_state is None:
        return None
    return SlaOut.model_validate(
        {
            "target": row.sla_target,
            "state": row.sla_state,
            "since": row.sla_since,
            "due_at": row.sla_due_at,
        }
    )


def clocks_of(
    row: SessionRow | ConversationRow, *, is_waiting: bool
) -> dict[str, datetime | float | None]:
    """Return the fields of `Clocks`."""
    return {
        "waiting_since": row.changed_at if is_waiting else None,
        "unanswered_since": row.unanswered_since,
        "first_answer_at": row.first_answer_at,
        "first_answer_seconds": row.first_answer_seconds,
    }


def client_to_brief(row: SessionRow | ConversationRow) -> ClientBrief:
    """Convert the customer to a brief."""
    return ClientBrief(
        id=row.client_id,
        name=row.client_name,
        username=row.client_username,
        phone=row.client_phone,
        language=row.client_language,
        is_blocked=row.client_is_blocked,
    )


def agent_to_brief(row: SessionRow | ConversationRow) -> AgentBrief | None:
    """Convert the agent who holds the session, or held it, to a brief."""
    if row.cs_id is None or row.cs_name is None or row.cs_kind is None:
        return None
    return AgentBrief(id=row.cs_id, name=row.cs_name, kind=row.cs_kind)


def tags_to_briefs(row: SessionRow | ConversationRow) -> list[TagBrief]:
    """Convert the tags of the session to briefs."""
    return [TagBrief.model_validate(each) for each in row.tags]


def last_message_to_schema(row: SessionRow | ConversationRow) -> LastMessage | None:
    """Convert the last message to the schema."""
    if row.last_id is None:
        return None
    return LastMessage.model_validate(
        {
            "id": row.last_id,
            "sender_type": row.last_sender_type,
            "direction": row.last_direction,
            "message_type": row.last_message_type,
            "message": row.last_message,
            "author_name": row.last_author_name,
            "created_at": row.last_created_at,
        }
    )
