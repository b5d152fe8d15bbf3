"""The reply window depends on the time only."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.ids import ChannelId, ClientId, ContactId, ConversationId
from db.queries.conversations.threads import Thread
from db.tables import ChannelKind, OfflinePolicy
from desk.channel_traits import DEFAULT_TRAITS, ChannelTraits
from desk.channels import ServedChannel
from desk.content import Content
from desk.delivery.cards import build_card
from desk.messages import window

NOW = datetime(2026, 1, 5, 12, tzinfo=UTC)
DAY = timedelta(hours=24)
moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 the zone is added
CLOUD = ChannelTraits(reply_window=DAY)
TEMPLATE = Content(text="Hi", attributes={"template": {"name": "hi"}})


def channel(traits: ChannelTraits = CLOUD, **settings: int) -> ServedChannel:
    return ServedChannel(
        id=ChannelId("c"),
        kind=ChannelKind.WHATSAPP_CLOUD,
        external_id="1",
        name="Shop",
        language="en",
        staff_groups=(),
        staff_channel_id=ChannelId("s"),
        offline_policy=OfflinePolicy.KEEP,
        settings=settings,
        traits=traits,
    )


def thread(until: datetime | None) -> Thread:
    return Thread(
        ConversationId("v"),
        ChannelId("c"),
        ContactId("a"),
        ClientId("p"),
        "49",
        "Ann",
        *[None] * 2,
        is_blocked=False,
        unreachable=None,
        session_count=1,
        client_since=NOW,
        reply_until=until,
    )


@given(moments, moments)
def test_it_is_open_until_its_end_and_not_a_moment_longer(until: datetime, now: datetime) -> None:
    assert window.is_open(thread(until), channel(), now) is (now < until)
    assert window.can_send(thread(until), channel(), Content(text="Hi"), now) is (now < until)
    assert window.can_send(thread(until), channel(), TEMPLATE, now)


@given(moments)
def test_a_channel_without_one_is_always_open(now: datetime) -> None:
    assert window.is_open(thread(None), channel(DEFAULT_TRAITS), now)
    assert not window.is_open(thread(None), channel(), now)


@given(moments)
def test_when_the_customer_wrote_last_is_told_from_its_end(until: datetime) -> None:
    assert window.last_customer_message_at(thread(until), channel()) == until - DAY
    assert window.last_customer_message_at(thread(None), channel()) is None


@pytest.mark.parametrize(("minutes", "before"), [(None, 60), (0, 0), (90, 90)])
def test_so_long_before_its_end_an_agent_is_told(minutes: int | None, before: int) -> None:
    settings = {} if minutes is None else {window.WARNING_SETTING: minutes}
    assert window.warning_time(channel(**settings), NOW) == NOW - timedelta(minutes=before)


def test_the_card_shows_it_where_there_is_one() -> None:
    def shown(until: datetime | None, of: ServedChannel) -> str | None:
        return dict(build_card(thread(until), of, "en", NOW).lines).get("Reply window")

    assert shown(NOW + DAY, channel()) == "open until at least 2026-01-06 12:00 UTC"
    assert shown(NOW, channel()) == "closed: templates only"
    assert shown(None, channel()) == "closed: templates only"
    assert shown(None, channel(DEFAULT_TRAITS)) is None
