"""AI agents, knowledge, auto-reply rules, and the views.

Revision ID: 0004
Revises: 0003
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.migration_steps import create_view, drop_view
from db.types import Json, Key, LongText, Ulid, UtcDateTime, checked_string

revision: str = "0004"
down_revision: str | Sequence[str] | None = "0003"
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
    op.create_table(
        "ai_token_budgets",
        sa.Column("budget", Key, nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("changed_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("budget", name=op.f("pk_ai_token_budgets")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_ai_token_budgets_changed_at"), "ai_token_budgets", ["changed_at"], unique=False
    )
    op.create_table(
        "ai_token_reservations",
        sa.Column("caller", Ulid, nullable=False),
        sa.Column("budget", Key, nullable=False),
        sa.Column("tokens", sa.BigInteger(), nullable=False),
        sa.Column("reserved_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("caller", "budget", name=op.f("pk_ai_token_reservations")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_ai_token_reservations_reserved_at"),
        "ai_token_reservations",
        ["reserved_at"],
        unique=False,
    )
    op.create_table(
        "knowledge_articles",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("title", sa.String(length=190), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.Column("language", sa.String(length=12), nullable=False),
        sa.Column("tags", Json, nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("source", sa.String(length=190), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_articles")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_knowledge_articles_list", "knowledge_articles", ["created_at", "id"], unique=False
    )
    op.create_index(
        op.f("ix_knowledge_articles_source"), "knowledge_articles", ["source"], unique=False
    )
    op.create_table(
        "knowledge_embeddings",
        sa.Column("model", sa.String(length=190), nullable=False),
        sa.Column("text_hash", Key, nullable=False),
        sa.Column("vector", LongText, nullable=False),
        sa.PrimaryKeyConstraint("model", "text_hash", name=op.f("pk_knowledge_embeddings")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "knowledge_revisions",
        sa.Column("name", Key, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("embedded_revision", sa.BigInteger(), nullable=True),
        sa.Column("embedding_model", sa.String(length=190), nullable=True),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_knowledge_revisions")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "knowledge_passages",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("article_id", Ulid, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("text", LongText, nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["knowledge_articles.id"], name=op.f("fk_knowledge_passages_article_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_passages")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_knowledge_passages_article_id"), "knowledge_passages", ["article_id"], unique=False
    )
    op.create_table(
        "agent_ai_configs",
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("mode", checked_string("aimode", "automatic", "suggest", "off"), nullable=False),
        sa.Column("style", LongText, nullable=False),
        sa.Column("knowledge", LongText, nullable=False),
        sa.Column("products", Json, nullable=False),
        sa.Column("article_tags", Json, nullable=False),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("temperature", sa.Double(), nullable=True),
        sa.Column("confidence_threshold", sa.Double(), nullable=True),
        sa.Column("handover_conditions", Json, nullable=False),
        sa.Column("handover_rules", Json, nullable=False),
        sa.Column("follow_ups", Json, nullable=False),
        sa.Column("pictures", Json, nullable=False),
        sa.Column("reads_pictures", sa.Boolean(), nullable=False),
        sa.Column("working_hours", Json, nullable=True),
        sa.Column("reply_limit", sa.Integer(), nullable=True),
        sa.Column("reply_limit_notice", LongText, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.Column("deleted_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_agent_ai_configs_agent_id")
        ),
        sa.PrimaryKeyConstraint("agent_id", name=op.f("pk_agent_ai_configs")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "auto_reply_rules",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("name", sa.String(length=120), nullable=False),
        sa.Column(
            "match_kind",
            checked_string(
                "rulematch",
                "exact",
                "contains",
                "word",
                "pattern",
                "first_message",
                "outside_hours",
                "unanswered",
            ),
            nullable=False,
        ),
        sa.Column("trigger_keywords", Json, nullable=False),
        sa.Column("pattern", sa.String(length=500), nullable=True),
        sa.Column("languages", Json, nullable=False),
        sa.Column("reply_message", LongText, nullable=True),
        sa.Column("reply_template_id", Ulid, nullable=True),
        sa.Column("reply_values", Json, nullable=False),
        sa.Column("reply_file_id", Ulid, nullable=True),
        sa.Column("reply_buttons", Json, nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("delay_seconds", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.Column("goes_on", sa.Boolean(), nullable=False),
        sa.Column("is_once_per_session", sa.Boolean(), nullable=False),
        sa.Column("limit_count", sa.Integer(), nullable=False),
        sa.Column("limit_minutes", sa.Integer(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("updated_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_auto_reply_rules_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_auto_reply_rules_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_file_id"], ["reply_files.id"], name=op.f("fk_auto_reply_rules_reply_file_id")
        ),
        sa.ForeignKeyConstraint(
            ["reply_template_id"],
            ["whatsapp_message_templates.id"],
            name=op.f("fk_auto_reply_rules_reply_template_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_reply_rules")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_auto_reply_rules_channel_id"), "auto_reply_rules", ["channel_id"], unique=False
    )
    op.create_table(
        "knowledge_questions",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("passage_id", Ulid, nullable=True),
        sa.Column("text", LongText, nullable=False),
        sa.Column(
            "state",
            checked_string("questionstate", "accepted", "proposed", "refused"),
            nullable=False,
        ),
        sa.Column("answer", LongText, nullable=True),
        sa.Column("conversation_id", Key, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["passage_id"],
            ["knowledge_passages.id"],
            name=op.f("fk_knowledge_questions_passage_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_knowledge_questions")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_knowledge_questions_conversation_id"),
        "knowledge_questions",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_knowledge_questions_passage_id"),
        "knowledge_questions",
        ["passage_id"],
        unique=False,
    )
    op.create_index(
        "ix_knowledge_questions_state",
        "knowledge_questions",
        ["state", "created_at", "id"],
        unique=False,
    )
    op.create_table(
        "ai_conversation_logs",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("reply_id", Key, nullable=True),
        sa.Column("user_message", LongText, nullable=False),
        sa.Column("ai_response", LongText, nullable=True),
        sa.Column("confidence_score", sa.Double(), nullable=True),
        sa.Column("used_knowledge", Json, nullable=False),
        sa.Column(
            "action",
            checked_string(
                "aiaction", "answer", "clarify", "offer", "handover", "dropped", "failed"
            ),
            nullable=False,
        ),
        sa.Column("mode", checked_string("aimode", "automatic", "suggest", "off"), nullable=False),
        sa.Column("handover_triggered", sa.Boolean(), nullable=False),
        sa.Column("handover_reason", sa.String(length=500), nullable=True),
        sa.Column("model", sa.String(length=120), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("cost", sa.Double(), nullable=False),
        sa.Column("duration_ms", sa.Integer(), nullable=False),
        sa.Column("judged_wrong", sa.Boolean(), nullable=False),
        sa.Column("wrong_reason", sa.String(length=500), nullable=True),
        sa.Column("judged_at", UtcDateTime(), nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.CheckConstraint(
            "confidence_score >= 0 AND confidence_score <= 1",
            name=op.f("ck_ai_conversation_logs_confidence_score"),
        ),
        sa.ForeignKeyConstraint(
            ["agent_id"], ["agents.id"], name=op.f("fk_ai_conversation_logs_agent_id")
        ),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_ai_conversation_logs_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_ai_conversation_logs_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_conversation_logs_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_conversation_logs")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_ai_conversation_logs_agent",
        "ai_conversation_logs",
        ["agent_id", "created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_conversation_id"),
        "ai_conversation_logs",
        ["conversation_id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_created_at"),
        "ai_conversation_logs",
        ["created_at"],
        unique=False,
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_reply_id"), "ai_conversation_logs", ["reply_id"], unique=False
    )
    op.create_index(
        op.f("ix_ai_conversation_logs_session_id"),
        "ai_conversation_logs",
        ["session_id"],
        unique=False,
    )
    op.create_table(
        "ai_sessions",
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=True),
        sa.Column("mode", checked_string("aimode", "automatic", "suggest", "off"), nullable=True),
        sa.Column("replies", sa.Integer(), nullable=False),
        sa.Column("complaints", sa.Integer(), nullable=False),
        sa.Column("is_introduced", sa.Boolean(), nullable=False),
        sa.Column("handed_over_at", UtcDateTime(), nullable=True),
        sa.Column("last_human_at", UtcDateTime(), nullable=True),
        sa.Column("unanswered_since", UtcDateTime(), nullable=True),
        sa.Column("last_answer_id", Key, nullable=True),
        sa.Column("follow_up", Json, nullable=True),
        sa.Column("follow_ups", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ai_sessions_agent_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_sessions_session_id")
        ),
        sa.PrimaryKeyConstraint("session_id", name=op.f("pk_ai_sessions")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "ai_turns",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("channel_id", Ulid, nullable=False),
        sa.Column("agent_id", Ulid, nullable=False),
        sa.Column("mode", checked_string("aimode", "automatic", "suggest", "off"), nullable=False),
        sa.Column(
            "state",
            checked_string("aiturnstate", "waiting", "thinking", "suggested", "done", "dropped"),
            nullable=False,
        ),
        sa.Column(
            "action",
            checked_string(
                "aiaction", "answer", "clarify", "offer", "handover", "dropped", "failed"
            ),
            nullable=True,
        ),
        sa.Column("reason", sa.String(length=500), nullable=True),
        sa.Column("first_message_id", Key, nullable=False),
        sa.Column("last_message_id", Key, nullable=False),
        sa.Column("seen_until", Key, nullable=True),
        sa.Column("rounds", sa.Integer(), nullable=False),
        sa.Column("start_at", UtcDateTime(), nullable=False),
        sa.Column("deadline_at", UtcDateTime(), nullable=False),
        sa.Column("message_id", Key, nullable=True),
        sa.Column("draft", LongText, nullable=True),
        sa.Column("offers", Json, nullable=True),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("why", Json, nullable=True),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("settled_at", UtcDateTime(), nullable=True),
        sa.Column(
            "open_session_id",
            Ulid,
            sa.Computed(
                "CASE WHEN state IN ('waiting', 'thinking') THEN session_id END", persisted=False
            ),
            nullable=True,
        ),
        sa.Column(
            "suggested_session_id",
            Ulid,
            sa.Computed("CASE WHEN state = 'suggested' THEN session_id END", persisted=False),
            nullable=True,
        ),
        sa.ForeignKeyConstraint(["agent_id"], ["agents.id"], name=op.f("fk_ai_turns_agent_id")),
        sa.ForeignKeyConstraint(
            ["channel_id"], ["channels.id"], name=op.f("fk_ai_turns_channel_id")
        ),
        sa.ForeignKeyConstraint(
            ["conversation_id"], ["conversations.id"], name=op.f("fk_ai_turns_conversation_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_ai_turns_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_ai_turns")),
        sa.UniqueConstraint("open_session_id", name=op.f("uq_ai_turns_open_session_id")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_ai_turns_conversation_id"), "ai_turns", ["conversation_id"], unique=False
    )
    op.create_index(op.f("ix_ai_turns_created_at"), "ai_turns", ["created_at"], unique=False)
    op.create_index("ix_ai_turns_session", "ai_turns", ["session_id", "id"], unique=False)
    op.create_index(
        "ix_ai_turns_suggested_session_id", "ai_turns", ["suggested_session_id"], unique=True
    )
    op.create_table(
        "auto_reply_firings",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("rule_id", Ulid, nullable=False),
        sa.Column("conversation_id", Ulid, nullable=False),
        sa.Column("session_id", Ulid, nullable=False),
        sa.Column("message_id", Key, nullable=False),
        sa.Column(
            "state", checked_string("firingstate", "waiting", "sent", "cancelled"), nullable=False
        ),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name=op.f("fk_auto_reply_firings_conversation_id"),
        ),
        sa.ForeignKeyConstraint(
            ["rule_id"], ["auto_reply_rules.id"], name=op.f("fk_auto_reply_firings_rule_id")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["sessions.id"], name=op.f("fk_auto_reply_firings_session_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auto_reply_firings")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        "ix_auto_reply_firings_conversation",
        "auto_reply_firings",
        ["conversation_id", "due_at", "id"],
        unique=False,
    )
    op.create_index(
        op.f("ix_auto_reply_firings_rule_id"), "auto_reply_firings", ["rule_id"], unique=False
    )
    op.create_index(
        op.f("ix_auto_reply_firings_session_id"), "auto_reply_firings", ["session_id"], unique=False
    )
    for name, query in _VIEWS.items():
        create_view(name, query)


def downgrade() -> None:
    for name in _VIEWS:
        drop_view(name)
    op.drop_table("auto_reply_firings")
    op.drop_table("ai_turns")
    op.drop_table("ai_sessions")
    op.drop_table("ai_conversation_logs")
    op.drop_table("knowledge_questions")
    op.drop_table("auto_reply_rules")
    op.drop_table("agent_ai_configs")
    op.drop_table("knowledge_passages")
    op.drop_table("knowledge_revisions")
    op.drop_table("knowledge_embeddings")
    op.drop_table("knowledge_articles")
    op.drop_table("ai_token_reservations")
    op.drop_table("ai_token_budgets")
