"""Schemas of webhooks."""

from datetime import datetime
from typing import Annotated, Literal, get_args

from pydantic import Field

from api.schemas.base import Line, RequestBody, ResponseModel, Ulid
from api.schemas.pagination import PageQuery
from api.webhooks.urls import Url
from db.tables import EventKind, WebhookDeliveryState

Name = Annotated[Line, Field(max_length=120)]
# Typing is sent to live streams only.
WebhookEventKind = Literal[
    EventKind.MESSAGE_NEW,
    EventKind.MESSAGE_EDITED,
    EventKind.MESSAGE_DELETED,
    EventKind.MESSAGE_READ,
    EventKind.MESSAGE_REACTION,
    EventKind.DELIVERY,
    EventKind.SESSION_OPENED,
    EventKind.SESSION_ASSIGNED,
    EventKind.SESSION_TRANSFERRED,
    EventKind.SESSION_ENDED,
    EventKind.SESSION_REOPENED,
    EventKind.SESSION_TAGS,
    EventKind.SESSION_RATED,
    EventKind.SESSION_PRIORITY,
    EventKind.SESSION_SNOOZED,
    EventKind.SESSION_SLA,
    EventKind.SESSION_SUGGESTION,
    EventKind.SESSION_CLIENT,
    EventKind.WINDOW_CLOSING,
    EventKind.AGENT_STATUS,
    EventKind.AGENT_CHANGED,
    EventKind.TAG_CHANGED,
    EventKind.CHANNEL_LINK,
    EventKind.CHANNEL_CHANGED,
    EventKind.CLIENT_CHANGED,
    EventKind.CANNED_REPLY_CHANGED,
    EventKind.BROADCAST_CHANGED,
]
WEBHOOK_EVENT_KINDS: tuple[EventKind, ...] = get_args(WebhookEventKind)
Events = Annotated[
    list[WebhookEventKind],
    Field(max_length=50, description="kinds of events to send; empty: all"),
]


class NewWebhook(RequestBody):
    """A new webhook."""

    name: Name
    url: Url
    events: Events = Field(default_factory=list)


class WebhookChanges(RequestBody):
    """The changes of a webhook."""

    name: Name | None = None
    url: Url | None = None
    events: Events | None = None
    is_active: bool | None = None


class WebhookOut(ResponseModel):
    """A webhook; its secret is shown once, when the webhook is created."""

    id: Ulid
    name: str
    url: str
    events: list[EventKind]
    is_active: bool
    failures: int = Field(description="failed attempts in a row")
    due_at: datetime | None = Field(
        description="time of the next attempt; null: no failure blocks it"
    )
    last_delivered_at: datetime | None
    created_at: datetime


class WebhooksOut(ResponseModel):
    """All webhooks."""

    items: list[WebhookOut]
    event_kinds: list[EventKind] = Field(description="the events that a webhook can be sent")


class WebhookSecret(ResponseModel):
    """The secret that signs deliveries: see https://www.standardwebhooks.com."""

    secret: str = Field(description="save it now: it is not shown again")


class CreatedWebhook(WebhookOut):
    """A new webhook with its secret."""

    secret: str = Field(description="save it now: it is not shown again")


class DeliveryQuery(PageQuery):
    """Which deliveries to list."""

    state: WebhookDeliveryState | None = None


class DeliveryOut(ResponseModel):
    """The delivery of one event to a webhook."""

    id: Ulid = Field(description="also sent in the header webhook-id")
    event: str
    happened_at: datetime
    state: WebhookDeliveryState
    attempts: int
    due_at: datetime
    expires_at: datetime = Field(description="after this time it is parked")
    status: int | None = Field(description="HTTP status of the receiver's last response")
    error: str | None
    created_at: datetime
    settled_at: datetime | None
