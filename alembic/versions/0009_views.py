"""The four views of the reference, and when a session's figures were last changed.

Revision ID: 0009
Revises: 0008
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import create_view, drop_view, rebuild_tables
from db.types import UtcDateTime

revision: str = "0009"
down_revision: str | Sequence[str] | None = "0008"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None

_VIEWS = {
    # A conversation, its customer, channel, holder and last message that the customer can see.
    "conversation_summary": """
SELECT
    c.id AS id,
    c.channel_id AS channel_id,
    ch.name AS channel_name,
    CASE ch.kind WHEN 'telegram' THEN 'telegram' ELSE 'whatsapp' END AS channel_type,
    c.contact_id AS contact_id,
    co.client_id AS client_id,
    cl.name AS contact_name,
    cl.phone AS contact_phone,
    cl.email AS contact_email,
    m.message AS last_message,
    m.message_type AS last_message_type,
    c.last_message_at AS last_message_time,
    c.unread_count AS unread_count,
    c.assigned_agent_id AS assigned_agent_id,
    a.name AS assigned_agent_name,
    a.kind AS assigned_agent_type,
    a.status AS assigned_agent_status,
    s.id AS session_id,
    s.created_at AS session_since,
    c.session_count AS session_count,
    c.is_active AS is_active,
    c.created_at AS created_at,
    c.updated_at AS updated_at
FROM conversations c
JOIN channels ch ON ch.id = c.channel_id
JOIN contacts co ON co.id = c.contact_id
JOIN clients cl ON cl.id = co.client_id
LEFT JOIN agents a ON a.id = c.assigned_agent_id
LEFT JOIN sessions s ON s.active_conversation_id = c.id
LEFT JOIN messages m ON m.id = (
    SELECT said.id
    FROM messages said
    WHERE said.conversation_id = c.id AND said.direction <> 'internal'
    ORDER BY said.id DESC
    LIMIT 1
)
""",
    # An agent's sessions are those that it holds or held to their end, and those that it handed
    # over. Only the last holder is rated.
    "agent_performance": """
SELECT
    a.id AS agent_id,
    a.name AS agent_name,
    a.kind AS agent_type,
    a.status AS agent_status,
    COUNT(m.session_id) AS total_sessions,
    COUNT(DISTINCT m.conversation_id) AS total_conversations,
    (
        SELECT COUNT(*) FROM conversations c WHERE c.assigned_agent_id = a.id
    ) AS assigned_conversations,
    AVG(
        CASE
            WHEN a.kind = 'ai' THEN m.first_ai_seconds
            WHEN m.first_human_by_id = a.id THEN m.first_human_seconds
        END
    ) AS avg_response_time,
    AVG(CASE WHEN m.agent_id = a.id THEN m.rating END) AS avg_satisfaction,
    AVG(CASE WHEN m.agent_id = a.id THEN m.resolution_seconds END) / 60 AS avg_resolution_time,
    (
        SELECT COUNT(*) FROM conversation_handovers h WHERE h.from_agent_id = a.id
    ) AS total_handovers
FROM agents a
LEFT JOIN (
    SELECT held.agent_id AS agent_id, held.session_id AS session_id
    FROM conversation_metrics held
    WHERE held.agent_id IS NOT NULL
    UNION
    SELECT given.from_agent_id AS agent_id, given.session_id AS session_id
    FROM conversation_handovers given
    WHERE given.from_agent_id IS NOT NULL
) work ON work.agent_id = a.id
LEFT JOIN conversation_metrics m ON m.session_id = work.session_id
WHERE a.is_active = 1
GROUP BY a.id, a.name, a.kind, a.status
""",
    # A channel that names no agents is served by all people.
    "channel_statistics": """
SELECT
    ch.id AS channel_id,
    ch.name AS channel_name,
    CASE ch.kind WHEN 'telegram' THEN 'telegram' ELSE 'whatsapp' END AS channel_type,
    ch.kind AS channel_kind,
    COALESCE(said.total, 0) AS total_conversations,
    COALESCE(said.unread, 0) AS unread_conversations,
    COALESCE(said.waiting, 0) AS waiting_conversations,
    COALESCE(met.total, 0) AS total_contacts,
    COALESCE(
        named.total,
        (SELECT COUNT(*) FROM agents a WHERE a.kind = 'human' AND a.is_active = 1)
    ) AS connected_agents,
    ws.status AS whatsapp_status,
    ws.phone AS whatsapp_number,
    CASE WHEN ws.status = 'WORKING' THEN 1 WHEN ws.status IS NOT NULL THEN 0 END
        AS whatsapp_authenticated
FROM channels ch
LEFT JOIN (
    SELECT
        c.channel_id AS channel_id,
        COUNT(*) AS total,
        COUNT(CASE WHEN c.unread_count > 0 THEN 1 END) AS unread,
        COUNT(CASE WHEN s.id IS NOT NULL AND s.cs_id IS NULL THEN 1 END) AS waiting
    FROM conversations c
    LEFT JOIN sessions s ON s.active_conversation_id = c.id
    GROUP BY c.channel_id
) said ON said.channel_id = ch.id
LEFT JOIN (
    SELECT co.channel_id AS channel_id, COUNT(*) AS total FROM contacts co GROUP BY co.channel_id
) met ON met.channel_id = ch.id
LEFT JOIN (
    SELECT ca.channel_id AS channel_id, COUNT(CASE WHEN a.is_active = 1 THEN 1 END) AS total
    FROM channel_agents ca
    JOIN agents a ON a.id = ca.agent_id
    GROUP BY ca.channel_id
) named ON named.channel_id = ch.id
LEFT JOIN whatsapp_sessions ws ON ws.channel_id = ch.id
WHERE ch.is_active = 1
""",
    "ai_conversation_analysis": """
SELECT
    l.id AS id,
    l.conversation_id AS conversation_id,
    l.session_id AS session_id,
    l.channel_id AS channel_id,
    cl.name AS contact_name,
    cl.phone AS contact_phone,
    l.agent_id AS agent_id,
    a.name AS agent_name,
    l.user_message AS user_message,
    l.ai_response AS ai_response,
    l.confidence_score AS confidence_score,
    CASE
        WHEN l.confidence_score >= 0.8 THEN 'High'
        WHEN l.confidence_score >= 0.6 THEN 'Medium'
        WHEN l.confidence_score IS NOT NULL THEN 'Low'
    END AS confidence_level,
    l.used_knowledge AS used_knowledge,
    l.action AS action,
    l.mode AS mode,
    l.handover_triggered AS handover_triggered,
    l.handover_reason AS handover_reason,
    l.judged_wrong AS judged_wrong,
    l.wrong_reason AS wrong_reason,
    l.model AS model,
    l.tokens_in AS tokens_in,
    l.tokens_out AS tokens_out,
    l.cost AS cost,
    l.duration_ms AS duration_ms,
    l.created_at AS created_at
FROM ai_conversation_logs l
JOIN conversations c ON c.id = l.conversation_id
JOIN contacts co ON co.id = c.contact_id
JOIN clients cl ON cl.id = co.client_id
JOIN agents a ON a.id = l.agent_id
""",
}


def upgrade() -> None:
    with rebuild_tables():
        with op.batch_alter_table("conversation_metrics") as batch:
            batch.add_column(sa.Column("updated_at", UtcDateTime(), nullable=True))
        last = "COALESCE(rated_at, ended_at, last_message_at, opened_at)"
        op.execute(f"UPDATE conversation_metrics SET updated_at = {last}")  # noqa: S608 our own text
        with op.batch_alter_table("conversation_metrics") as batch:
            batch.alter_column("updated_at", existing_type=UtcDateTime(), nullable=False)
    for name, query in _VIEWS.items():
        create_view(name, query)


def downgrade() -> None:
    for name in _VIEWS:
        drop_view(name)
    with rebuild_tables(), op.batch_alter_table("conversation_metrics") as batch:
        batch.drop_column("updated_at")
