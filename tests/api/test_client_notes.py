"""A note about a client and own fields of one: who may change them, and what is refused."""

import json
from typing import Any
from urllib.parse import quote

import pytest

from tests.api.event_stream import open_event_stream
from tests.api.history import HistoryBuilder
from tests.api.stage import ApiStage

FIELDS = [
    {"name": "Address", "value": "12 Elm Street"},
    {"name": "Customer number", "value": "A-7 *_<b>"},
]


async def test_agents_who_see_the_client_write_them(own_api: ApiStage) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    past = await HistoryBuilder.on_a_channel(own_api)
    _, client = await past.of(await past.session(mia, says=["hi"]))
    path = f"/clients/{client}"
    before = (await mia.get(path)).body
    assert (before["note"], before["fields"]) == (None, [])
    async with (
        open_event_stream(own_api, mia.token) as mias,
        open_event_stream(own_api, tom.token) as toms,
    ):
        given = {"note": " Only in the evening\n", "fields": FIELDS}
        saved = await mia.patch(path, given)
        assert saved.status == 200, saved.body
        assert saved.body["fields"] == FIELDS
        note = saved.body["note"]
        assert (note["text"], note["by"]) == ("Only in the evening", mia.name)
        assert note["at"] > before["updated_at"]
        await mias.wait_for_event("client.changed", client_id=client)
        # Whoever loads the client then reads what they may see.
        await toms.wait_for_event("client.changed", client_id=client)
    assert (await tom.get(path)).status == 404
    assert (await tom.patch(path, {"note": "mine"})).status == 404
    [listed] = (await mia.get("/clients")).body["items"]
    assert (listed["note"], listed["fields"]) == (note, FIELDS)
    # What is not mentioned stays.
    assert (await mia.patch(path, {"email": "a@example.com"})).body["note"] == note
    ada = await own_api.admin()
    exported = json.loads((await ada.get(f"{path}/export")).raw)["client"]
    assert (exported["note"], exported["fields"]) == (note, FIELDS)
    removed = (await ada.patch(path, {"note": None, "fields": None})).body
    assert (removed["note"], removed["fields"]) == (None, [])
    assert (await ada.patch(path, {"note": "x", "fields": []})).body["fields"] == []
    assert (await ada.patch(path, {"note": " \n"})).body["note"] is None
    entries = await own_api.audit("client.note"), await own_api.audit("client.fields")
    assert entries[0][0]["user_id"] == mia.user_id
    assert "evening" not in str(entries)
    assert "Elm" not in str(entries)


async def test_who_sees_a_client_finds_them_by_a_value_of_their_own_fields(
    own_api: ApiStage,
) -> None:
    mia, tom = await own_api.person("Mia"), await own_api.person("Tom")
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    session = await past.session(mia, says=["hi"])
    conversation, client = await past.of(session)
    await past.session(tom, says=["hi"])
    fields = [*FIELDS, {"name": "Shop", "value": 'Caf\u00e9 "50%" \U0001f375'}]
    assert (await mia.patch(f"/clients/{client}", {"fields": fields})).status == 200
    found = {"/clients": client, "/conversations": conversation, "/sessions": session}
    for path, expected in found.items():
        for words in ("elm st", "a-7 *_", 'af\u00e9 "50%', "\U0001f375"):
            query = f"{path}?q={quote(words)}"
            for reader in (mia, ada):
                assert [each["id"] for each in (await reader.get(query)).body["items"]] == [
                    expected
                ], query
            assert (await tom.get(query)).body["items"] == []
        # Names of fields are the same for many, and the words are no pattern.
        for words in ("Address", "value", "elm%st", "elm_st", 'Elm Street",', "[", "u00e9"):
            assert (await mia.get(f"{path}?q={quote(words)}")).body["items"] == [], words
    [hit] = (await mia.get("/search?q=elm")).body["items"]
    assert (hit["session"]["id"], hit["hit"]) == (session, None)


@pytest.mark.parametrize(
    ("body", "faulty"),
    [
        ({"note": ""}, "note"),
        ({"note": "x" * 2001}, "note"),
        ({"note": "x\x00"}, "note"),
        ({"note": 7}, "note"),
        ({"fields": {"Address": "x"}}, "fields"),
        ({"fields": [{"name": "a", "value": "b"}] * 21}, "fields"),
        ({"fields": ["Address"]}, "fields.0"),
        ({"fields": [{"name": "Address"}]}, "fields.0.value"),
        ({"fields": [{"name": "Address", "value": None}]}, "fields.0.value"),
        ({"fields": [{"name": " ", "value": "x"}]}, "fields.0.name"),
        ({"fields": [{"name": "x" * 41, "value": "x"}]}, "fields.0.name"),
        ({"fields": [{"name": "Address", "value": " \n "}]}, "fields.0.value"),
        ({"fields": [{"name": "Address", "value": "x" * 501}]}, "fields.0.value"),
        ({"fields": [{"name": "Address", "value": "x\x07"}]}, "fields.0.value"),
        ({"fields": [{"name": "a", "value": "b", "type": "text"}]}, "fields.0.type"),
    ],
)
async def test_what_is_broken_is_refused(
    own_api: ApiStage, body: dict[str, Any], faulty: str
) -> None:
    ada, past = await own_api.admin(), await HistoryBuilder.on_a_channel(own_api)
    _, client = await past.of(await past.session(says=["hi"]))
    refused = await ada.patch(f"/clients/{client}", body)
    assert refused.status == 422
    assert list(refused.faults) == [faulty]
    assert (await ada.get(f"/clients/{client}")).body["note"] is None
