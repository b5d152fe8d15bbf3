"""Typed ids. Only the room that made an id knows what is in it."""

from datetime import datetime
from typing import NewType

from ulid import ULID, LaxMonotonicPolicy, ULIDGenerator

UserId = NewType("UserId", str)
LogInId = NewType("LogInId", str)
AgentId = NewType("AgentId", str)
ChannelId = NewType("ChannelId", str)
ClientId = NewType("ClientId", str)
MergeId = NewType("MergeId", str)
ContactId = NewType("ContactId", str)
ConversationId = NewType("ConversationId", str)
SessionId = NewType("SessionId", str)
MessageId = NewType("MessageId", str)
StaffGroup = NewType("StaffGroup", str)
StaffPlaceId = NewType("StaffPlaceId", str)
CannedReplyId = NewType("CannedReplyId", str)
TemplateId = NewType("TemplateId", str)
WebhookId = NewType("WebhookId", str)
DeliveryId = NewType("DeliveryId", str)
JobId = NewType("JobId", str)
AiTurnId = NewType("AiTurnId", str)
ArticleId = NewType("ArticleId", str)
PassageId = NewType("PassageId", str)
KnowledgeQuestionId = NewType("KnowledgeQuestionId", str)
AiLogId = NewType("AiLogId", str)
AutoReplyRuleId = NewType("AutoReplyRuleId", str)
RuleFiringId = NewType("RuleFiringId", str)
ReplyFileId = NewType("ReplyFileId", str)
TagId = NewType("TagId", str)
BroadcastId = NewType("BroadcastId", str)

# Monotonic: two ids that one process makes in the same millisecond still sort in the order in which
# they were made, so (created_at, id) is a total order of a conversation's messages.
_generator = ULIDGenerator(policy=LaxMonotonicPolicy())


def new_id() -> str:
    """Return a new ULID: 26 characters, sortable by the time it was made."""
    return str(_generator.generate())


def new_id_at(at: datetime) -> str:
    """Return a ULID that sorts among those made at another time, with a millisecond's precision."""
    return str(ULID.from_datetime(at))
