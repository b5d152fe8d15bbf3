"""How a session is shown."""

from api.sessions.models import AgentBrief, ChannelBrief, ClientBrief, LastMessage, SessionOut
from db.queries.session_rows import SessionRow
from db.tables import SessionStatus


def session_shown(row: SessionRow) -> SessionOut:
    """Show a session."""
    is_open = row.status is SessionStatus.ACTIVE
    return SessionOut(
        id=row.id,
        conversation_id=row.conversation_id,
        number=row.number,
        status=row.status,
        waiting=is_open and row.cs_id is None,
        created_at=row.created_at,
        ended_at=row.ended_at,
        unread_count=row.unread_count,
        client=_client(row),
        channel=ChannelBrief(id=row.channel_id, kind=row.channel_kind, name=row.channel_name),
        agent=_agent(row),
        last_message=_last(row),
    )


def _client(row: SessionRow) -> ClientBrief:
    return ClientBrief(
        id=row.client_id,
        name=row.client_name,
        username=row.client_username,
        phone=row.client_phone,
        language=row.client_language,
        is_blocked=row.client_is_blocked,
    )


def _agent(row: SessionRow) -> AgentBrief | None:
    if row.cs_id is None or row.cs_name is None or row.cs_kind is None:
        return None
    return AgentBrief(id=row.cs_id, name=row.cs_name, kind=row.cs_kind)


def _last(row: SessionRow) -> LastMessage | None:
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
