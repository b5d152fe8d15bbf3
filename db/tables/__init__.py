"""All tables, by theme. Importing this package registers them on `metadata`."""

from db.tables.ai_agents import AgentAiConfig, AiSession, AiTurn, AiTurnState
from db.tables.ai_budgets import AiTokenBudget, AiTokenReservation
from db.tables.ai_logs import AiAction, AiConversationLog, AiMode
from db.tables.alarms import Alarm
from db.tables.audit import AuditEntry
from db.tables.auto_replies import AutoReplyFiring, AutoReplyRule, FiringState, RuleMatch
from db.tables.base import SecretKind, metadata
from db.tables.broadcasts import (
    Broadcast,
    BroadcastRecipient,
    BroadcastState,
    RecipientState,
    SkipReason,
)
from db.tables.canned_replies import CannedReply
from db.tables.channels import (
    AiTakeover,
    Channel,
    ChannelAgent,
    ChannelKind,
    OfflinePolicy,
    StaffMode,
)
from db.tables.clients import Client, ClientMerge, Contact
from db.tables.conversations import (
    Conversation,
    ConversationHandover,
    Priority,
    QueueNotice,
    Session,
    SessionStatus,
    SlaState,
    SlaTarget,
)
from db.tables.events import Event, EventCursor, EventKind
from db.tables.idempotency import IdempotencyKey
from db.tables.installation import InstallationMark
from db.tables.jobs import Job, JobKind, JobState
from db.tables.knowledge import (
    KnowledgeArticle,
    KnowledgeEmbedding,
    KnowledgePassage,
    KnowledgeQuestion,
    KnowledgeRevision,
    QuestionState,
)
from db.tables.log_ins import (
    LogIn,
    PasswordReset,
    RecoveryCode,
    RefreshToken,
    SecondFactor,
)
from db.tables.messages import (
    NOT_SENT,
    DeliveryState,
    Direction,
    Mention,
    Message,
    MessageLink,
    MessageType,
    SenderType,
    Side,
)
from db.tables.metrics import ConversationMetrics
from db.tables.queues import (
    Inbox,
    InboxState,
    Lane,
    Outbox,
    OutboxKind,
    OutboxState,
    Queue,
    RateLimitBackoff,
    RateLimitUsage,
)
from db.tables.ratings import RatingRequest
from db.tables.reply_files import ReplyFile
from db.tables.tags import MAX_TAG_LENGTH, SessionTag, Tag
from db.tables.users import (
    Agent,
    AgentKind,
    AgentLevel,
    AgentStatus,
    OwnChat,
    OwnChatState,
    Role,
    StatusCause,
    User,
)
from db.tables.webhooks import Webhook, WebhookDelivery, WebhookDeliveryState
from db.tables.whatsapp import (
    EarlyReceipt,
    LinkStatus,
    TemplateStatus,
    WhatsAppMessageTemplate,
    WhatsAppSession,
)

__all__ = [
    "MAX_TAG_LENGTH",
    "NOT_SENT",
    "Agent",
    "AgentAiConfig",
    "AgentKind",
    "AgentLevel",
    "AgentStatus",
    "AiAction",
    "AiConversationLog",
    "AiMode",
    "AiSession",
    "AiTakeover",
    "AiTokenBudget",
    "AiTokenReservation",
    "AiTurn",
    "AiTurnState",
    "Alarm",
    "AuditEntry",
    "AutoReplyFiring",
    "AutoReplyRule",
    "Broadcast",
    "BroadcastRecipient",
    "BroadcastState",
    "CannedReply",
    "Channel",
    "ChannelAgent",
    "ChannelKind",
    "Client",
    "ClientMerge",
    "Contact",
    "Conversation",
    "ConversationHandover",
    "ConversationMetrics",
    "DeliveryState",
    "Direction",
    "EarlyReceipt",
    "Event",
    "EventCursor",
    "EventKind",
    "FiringState",
    "IdempotencyKey",
    "Inbox",
    "InboxState",
    "InstallationMark",
    "Job",
    "JobKind",
    "JobState",
    "KnowledgeArticle",
    "KnowledgeEmbedding",
    "KnowledgePassage",
    "KnowledgeQuestion",
    "KnowledgeRevision",
    "Lane",
    "LinkStatus",
    "LogIn",
    "Mention",
    "Message",
    "MessageLink",
    "MessageType",
    "OfflinePolicy",
    "Outbox",
    "OutboxKind",
    "OutboxState",
    "OwnChat",
    "OwnChatState",
    "PasswordReset",
    "Priority",
    "QuestionState",
    "Queue",
    "QueueNotice",
    "RateLimitBackoff",
    "RateLimitUsage",
    "RatingRequest",
    "RecipientState",
    "RecoveryCode",
    "RefreshToken",
    "ReplyFile",
    "Role",
    "RuleMatch",
    "SecondFactor",
    "SecretKind",
    "SenderType",
    "Session",
    "SessionStatus",
    "SessionTag",
    "Side",
    "SkipReason",
    "SlaState",
    "SlaTarget",
    "StaffMode",
    "StatusCause",
    "Tag",
    "TemplateStatus",
    "User",
    "Webhook",
    "WebhookDelivery",
    "WebhookDeliveryState",
    "WhatsAppMessageTemplate",
    "WhatsAppSession",
    "metadata",
]

# Set on each table, whatever the database's default is: names and messages contain emoji.
for _table in metadata.tables.values():
    _table.dialect_kwargs["mysql_charset"] = "utf8mb4"
