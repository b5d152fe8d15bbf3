"""The routes of a number's link: what they refuse, and what they show before the first status."""

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from db.ids import ChannelId
from db.tables import Channel, ChannelKind, LinkStatus, WhatsAppSession
from db.tables.base import now_utc
from desk.accounts.encryption import Encryptor
from desk.channels import Channels, ServedChannel
from desk.linking.states import LinkReport
from desk.linking.status import update_status
from desk.live.projection import LiveEvents
from desk.unit_of_work_factory import UnitOfWorkFactory
from tests.api.event_stream import open_event_stream
from tests.api.stage import SECRET_KEY, ApiStage

pytestmark = pytest.mark.asyncio(loop_scope="module")

# Nothing listens on this port.
CREDENTIALS = {
    "url": "http://127.0.0.1:1",
    "api_key": "k",
    "session": "ch7",
    "hmac_key": "h" * 64,
}
_ORDERS = ("start", "stop", "restart", "logout")


async def number(api: ApiStage, **fields: object) -> str:
    """Add the channel of a number; no process serves it."""
    channel = await api.channel(
        is_active=False, credentials=Encryptor(SECRET_KEY).encrypt(CREDENTIALS)
    )
    await api.change(
        "UPDATE channels SET kind = :kind WHERE id = :id",
        kind=ChannelKind.WHATSAPP_WAHA.value,
        id=channel,
    )
    if fields:
        async with api.database.transaction() as tx:
            tx.add(WhatsAppSession(channel_id=channel, **fields))
    return channel


async def test_a_channel_without_a_phone_has_no_link(api: ApiStage) -> None:
    ada, bot = await api.admin(), await api.channel()
    for path in ("link", "link/qr"):
        answer = await ada.get(f"/channels/{bot}/{path}")
        assert (answer.status, answer.problem) == (409, "conflict")
    for verb in _ORDERS:
        assert (await ada.post(f"/channels/{bot}/link/{verb}")).status == 409


async def test_nothing_is_known_before_waha_was_asked(api: ApiStage) -> None:
    ada, channel = await api.admin(), await number(api)
    answer = await ada.get(f"/channels/{channel}/link")
    assert answer.body == {
        "status": "STOPPED",
        "phone": None,
        "name": None,
        "error": None,
        "has_code": False,
        "stopped_by_admin": False,
        "since": None,
    }
    assert (await ada.get(f"/channels/{channel}/link/qr")).problem == "not-found"


async def test_a_code_that_has_run_out_is_not_shown(api: ApiStage) -> None:
    now = now_utc()
    fresh = await number(api, status=LinkStatus.SCAN_QR_CODE, qr="2@fresh", qr_at=now)
    old = await number(
        api, status=LinkStatus.SCAN_QR_CODE, qr="2@old", qr_at=now.replace(year=now.year - 1)
    )
    used = await number(api, status=LinkStatus.WORKING, qr="2@used", qr_at=now)
    ada = await api.admin()
    assert (await ada.get(f"/channels/{fresh}/link")).body["has_code"]
    for channel in (old, used):
        assert (await ada.get(f"/channels/{channel}/link/qr")).status == 404


@pytest.mark.parametrize(
    ("accept", "kind"),
    [
        ("", "image/png"),
        ("*/*", "image/png"),
        ("text/html, image/png;q=0.9", "image/png"),
        ("image/*, application/json", "image/png"),
        ("text/plain", "text/plain"),
        ("application/json, text/plain, */*", "application/json"),
        ("APPLICATION/JSON; charset=utf-8", "application/json"),
        (",,;", "image/png"),
    ],
)
async def test_the_code_comes_in_the_form_that_is_asked_for(
    api: ApiStage, accept: str, kind: str
) -> None:
    link = {"status": LinkStatus.SCAN_QR_CODE, "qr": "2@now", "qr_at": now_utc()}
    ada, channel = await api.admin(), await number(api, **link)
    url = f"{api.address}/api/v1/channels/{channel}/link/qr"
    headers = {"Authorization": f"Bearer {ada.token}", "Accept": accept}
    async with api.http.get(url, headers=headers) as reply:
        assert (reply.status, reply.content_type) == (200, kind)
        assert reply.headers["Cache-Control"] == "no-store"
        body = await reply.read()
    assert (b"2@now" in body) is (kind != "image/png")


async def test_an_order_to_a_server_that_is_away_is_said_so_and_nothing_is_changed(
    api: ApiStage,
) -> None:
    linked = {"status": LinkStatus.WORKING, "phone": "+1", "push_name": "Shop"}
    ada, channel = await api.admin(), await number(api, **linked)
    before = (await ada.get(f"/channels/{channel}/link")).body
    for verb in _ORDERS:
        answer = await ada.post(f"/channels/{channel}/link/{verb}")
        assert (answer.status, answer.problem) == (424, "provider-away")
        assert (await ada.get(f"/channels/{channel}/link")).body == before
    answer = await ada.post(f"/channels/{channel}/link/code", {"phone": "+4915550000001"})
    assert answer.status == 424


@pytest.mark.parametrize("phone", ["", "12", "+", "abc", "+49 155", "+" + "1" * 30, 7, None])
async def test_what_is_no_phone_is_refused(api: ApiStage, phone: object) -> None:
    ada, channel = await api.admin(), await number(api)
    answer = await ada.post(f"/channels/{channel}/link/code", {"phone": phone})
    assert answer.status == 422
    assert "phone" in answer.faults


async def test_how_a_link_stands_is_told_to_administrators_alone(api: ApiStage) -> None:
    channel = ChannelId(await number(api))
    ada, mia = await api.admin(), await api.person("Mia")

    async def scanned(tx: AsyncSession) -> None:
        row = await tx.get_one(Channel, channel)
        served = ServedChannel.from_row(row, enrols_members=False)
        uow = UnitOfWorkFactory(Channels([served]), [LiveEvents()]).create(tx)
        seen = LinkReport(LinkStatus.SCAN_QR_CODE, uow.now, qr="2@now", is_event=False)
        await update_status(uow, served, seen)
        await uow.flush()

    async with (
        open_event_stream(api, ada.token, channel=channel) as adas,
        open_event_stream(api, mia.token) as mias,
    ):
        await api.database.run(scanned)
        heard = await adas.wait_for_event("channel.link")
        assert heard.data["channel_id"] == channel
        assert heard.data["link_status"] == "SCAN_QR_CODE"
        assert "2@now" not in str(heard.data)
        await mia.patch("/auth/me", {"status": "away"})
        await mias.wait_for_event("agent.status")
        assert mias.of("channel.link") == []
