"""Write to a phone number first, as far as its channel allows."""

from tests.api.permissions import NOBODY
from tests.api.stage import Answer, Person
from tests.api.test_whatsapp_channels import Json, Numbers, numbers
from tests.flows.eventually import eventually

__all__ = ["numbers"]
PHONE = "+62 811 234 567"


async def write(person: Person, body: Json, **more: object) -> Answer:
    """Write once the channel is served: it is new."""

    async def served() -> Answer | None:
        answer = await person.post("/first-messages", body, **more)
        is_new = answer.status == 422 and answer.faults == {"channel_id": "unknown"}
        return None if is_new or answer.status == 503 else answer

    return await eventually(served, "the channel is served")


async def test_a_linked_number_may_write_first(numbers: Numbers) -> None:
    channel = (await numbers.add_waha()).body["id"]
    mia, tom = await numbers.api.person("Mia"), await numbers.api.person("Tom")
    body = {"channel_id": channel, "phone": PHONE, "name": " Andi  W ", "text": "Your parcel!"}
    key = {"headers": {"Idempotency-Key": "one"}}
    sent = await write(mia, body, **key)
    assert sent.status == 201, sent.body
    assert (await write(mia, body, **key)).body == sent.body
    message = sent.body["message"]
    assert (message["message"], message["client_key"]) == ("Your parcel!", "one")
    assert (message["direction"], message["delivery_state"]) == ("outbound", "pending")
    session = (await mia.get(f"/sessions/{sent.body['session_id']}")).body
    assert session["agent"]["id"] == mia.agent_id
    assert (session["client"]["name"], session["client"]["phone"]) == ("Andi W", "+62811234567")
    # The same number is the same client, who keeps their name.
    again = await write(mia, {**body, "name": "Budi", "text": "It is here"})
    assert again.body["session_id"] == sent.body["session_id"]
    assert (await mia.get("/clients?q=Andi")).body["items"][0]["id"] == sent.body["client_id"]
    refused = await write(tom, {**body, "text": "Hello"})
    assert (refused.status, refused.problem) == (409, "conflict")
    await mia.post(f"/clients/{sent.body['client_id']}/block")
    blocked = await write(mia, {**body, "text": "Hello"})
    assert (blocked.status, "blocked" in blocked.body["detail"]) == (409, True)
    [one] = await numbers.api.rows("SELECT count(*) AS n FROM clients")
    assert one["n"] == 1


async def test_metas_number_needs_a_template(numbers: Numbers) -> None:
    await numbers.added(staff_groups=[await numbers.group(654321)])
    channel = (await numbers.add_cloud()).body["id"]
    template = await numbers.api.template(channel, name="parcel", text="Hello {{name}}.")
    mia = await numbers.api.person("Mia")
    body = {"channel_id": channel, "phone": PHONE, "name": "Andi"}
    closed = await write(mia, {**body, "text": "Your parcel!"})
    assert (closed.status, closed.problem) == (409, "window-closed")
    assert [each["id"] for each in closed.body["templates"]] == [template]
    # Nothing of it was kept.
    assert await numbers.api.rows("SELECT id FROM clients") == []
    sent = await write(mia, {**body, "template": {"name": "parcel"}})
    assert sent.status == 201, sent.body
    assert sent.body["message"]["message"] == "Hello Andi."
    unknown = await write(mia, {**body, "template": {"name": "nothing"}})
    assert unknown.status == 422


async def test_what_cannot_be_written_to_is_refused(numbers: Numbers) -> None:
    bot = (await numbers.added()).rpartition("/")[2]
    channel = (await numbers.add_waha()).body["id"]
    mia = await numbers.api.person("Mia")
    good = {"channel_id": channel, "phone": PHONE, "text": "Hello"}
    assert (await write(mia, good)).status == 201
    wrong: list[tuple[Json, str]] = [
        ({**good, "channel_id": NOBODY}, "channel_id"),
        ({**good, "phone": "call me"}, "phone"),
        ({**good, "phone": "0811 234 567"}, "phone"),
        ({**good, "text": None}, "text"),
        ({**good, "template": {"name": "a"}}, "text"),
        ({**good, "text": None, "template": {"name": "a", "preview": True}}, "template.preview"),
        ({**good, "text": ""}, "text"),
        ({**good, "to": "me"}, "to"),
    ]
    for body, field in wrong:
        answer = await mia.post("/first-messages", body)
        assert (answer.status, list(answer.faults)) == (422, [field]), body
    telegram = await write(mia, {**good, "channel_id": bot})
    assert telegram.faults == {"channel_id": "unsuitable"}
