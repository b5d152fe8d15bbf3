"""A customer of a WhatsApp number is forgotten: neither words nor number are found anywhere."""

import pytest

from db.tables import ChannelKind, Role
from tests.flows.console import called
from tests.flows.eventually import eventually
from tests.flows.test_api_erasure import MARK, kept_with, quiet
from tests.flows.worlds import staged_on

KINDS = (ChannelKind.WHATSAPP_CLOUD, ChannelKind.WHATSAPP_WAHA)


@pytest.mark.parametrize("kind", KINDS, ids=str)
async def test_nothing_is_left_of_them(kind: ChannelKind, migrated_url: str) -> None:
    async with staged_on(kind, migrated_url) as stage, called(stage) as api:
        ada, mia = await api.person("Ada", role=Role.ADMIN, capacity=0), await stage.agent("Mia")
        ann = await stage.customer(f"Ann {MARK}")
        said = await ann.says(f"the {MARK} is broken")
        topic = await stage.topic(ann)
        shown = await topic.shows(f"the {MARK} is broken")
        await mia.writes(topic, f"is it a wooden {MARK}?", reply_to=shown)
        heard = await ann.hears(f"is it a wooden {MARK}?")
        await ann.reacts(heard, "🙏")
        await ann.edits(said, f"my {MARK} is broken")
        await topic.shows(f"my {MARK} is broken", edited=True)
        await ann.says(f"a {MARK}!")
        await topic.shows(f"a {MARK}!")
        await eventually(lambda: quiet(stage), "nothing waits to be sent")
        phone = ann.address.partition("@")[0]
        assert await kept_with(api, phone) != []
        [client] = (await ada.get("/clients", params={"phone": f"+{phone}"})).body["items"]
        deleted = await ada.delete(f"/clients/{client['id']}")
        assert deleted.status == 204, deleted.body
        assert await kept_with(api, MARK, phone) == []
