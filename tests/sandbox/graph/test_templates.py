"""Tests of templates: listed by page, created, changed, deleted, and filled in when sent."""

import pytest

from sandbox.common.json_shapes import Json
from sandbox.telegram.model.sample_files import png
from tests.sandbox.graph.message_bodies import BODY, TEMPLATE
from tests.sandbox.graph.stage import Stage

DAY = 86_400
RICH: list[Json] = [
    {"type": "HEADER", "format": "IMAGE"},
    {"type": "BODY", "text": "Dear {{name}}, {{name}}! Pay {{sum}}."},
    {"type": "FOOTER", "text": "Thank you"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Paid"},
            {"type": "URL", "text": "Pay", "url": "https://pay.example.org/{{1}}"},
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+15550783881"},
            {"type": "COPY_CODE", "text": "Copy"},
        ],
    },
]


def named(**values: str) -> Json:
    sent = [{"type": "text", "parameter_name": name, "text": text} for name, text in values.items()]
    return {"type": "body", "parameters": sent}


def body(*texts: str) -> list[Json]:
    return [{"type": "body", "parameters": [{"type": "text", "text": one} for one in texts]}]


def template(**changes: object) -> Json:
    return {"type": "template", "template": {**TEMPLATE, **changes}}


async def test_a_template_opens_a_closed_window(stage: Stage) -> None:
    await stage.graph.add_template("order_ready", [BODY], category="MARKETING")
    await stage.graph.advance(2 * DAY)
    sent = await stage.sent(**template())
    assert (await stage.status_of(sent))[-1] == ("delivered", None)
    seen = (await stage.graph.messages(stage.ann))[-1]
    assert (seen["type"], seen["text"]) == ("template", "Hello Ann, order 7 is ready")
    status = stage.hook.values()[0]["statuses"][0]
    assert status["pricing"]["category"] == "marketing"
    assert status["pricing"]["billable"] is True


async def test_a_rich_template_is_filled_in(stage: Stage) -> None:
    await stage.graph.add_template("bill", RICH, language="id", parameter_format="NAMED")
    media_id = await stage.uploaded(png(), "image/png")
    components: list[Json] = [
        {"type": "header", "parameters": [{"type": "image", "image": {"id": media_id}}]},
        named(sum="$5", name="Ann"),
        {
            "type": "button",
            "sub_type": "quick_reply",
            "index": "0",
            "parameters": [{"type": "payload", "payload": "paid-7"}],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "1",
            "parameters": [{"type": "text", "text": "7"}],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "3",
            "parameters": [{"type": "coupon_code", "coupon_code": "X5"}],
        },
    ]
    content = {"name": "bill", "language": {"code": "id"}, "components": components}
    sent = await stage.sent(type="template", template=content)
    assert (await stage.status_of(sent))[-1] == ("delivered", None)
    seen = (await stage.graph.messages(stage.ann))[-1]
    assert seen["shown"]["body"] == "Dear Ann, Ann! Pay $5."
    assert seen["shown"]["footer"] == "Thank you"
    assert seen["shown"]["buttons"][1]["url"] == "https://pay.example.org/7"
    assert seen["shown"]["buttons"][3]["code"] == "X5"
    assert await stage.graph.media(seen["media"]) == png()
    await stage.graph.presses(sent, "Paid")
    await stage.graph.wait_until_settled()
    message = stage.hook.messages()[-1]
    assert (message["type"], message["button"]) == ("button", {"payload": "paid-7", "text": "Paid"})


@pytest.mark.parametrize(
    ("changes", "code", "words"),
    [
        ({"name": "unknown"}, 132001, "unknown"),
        ({"language": {"code": "fr"}}, 132001, "does not exist in fr"),
        ({"name": ""}, 100, "template['name']"),
        ({"language": {}}, 100, "template['language']['code']"),
        ({"colour": "red"}, 100, "Unexpected key"),
        ({"components": body("Ann")}, 132000, "number of localizable_params (1)"),
        ({"components": []}, 132000, "expected number of params (2)"),
        ({"components": [*body("a", "b"), {"type": "footer"}]}, 132012, "footer"),
        (
            {"components": [*body("a", "b"), {"type": "header", "parameters": [{}]}]},
            132000,
            "no such component",
        ),
        ({"components": body("Ann", "")}, 131008, "missing or empty"),
        ({"components": body("Ann", "a\nb")}, 132018, "new-line"),
        ({"components": body("Ann", "a" + " " * 5)}, 132018, "consecutive spaces"),
        ({"components": body("Ann", "x" * 1025)}, 132005, "too long"),
        (
            {"components": [{"type": "body", "parameters": [{"type": "image"}] * 2}]},
            132012,
            "expected TEXT, received image",
        ),
    ],
)
async def test_parameters_must_fit_the_template(
    stage: Stage, changes: Json, code: int, words: str
) -> None:
    await stage.graph.add_template("order_ready", [BODY])
    status, found, details = await stage.refused(**template(**changes))
    assert (found, status) == (code, 404 if code == 132001 else 400)
    assert words in details


async def test_headers_and_names_must_match(stage: Stage) -> None:
    await stage.graph.add_template("bill", RICH, language="id", parameter_format="NAMED")

    async def refused(*components: Json) -> tuple[int, str]:
        content = {"name": "bill", "language": {"code": "id"}, "components": list(components)}
        _, code, details = await stage.refused(type="template", template=content)
        return code, details

    code, details = await refused(named(name="A", sum="B"))
    assert (code, details) == (132012, "header: Format mismatch, expected IMAGE, received UNKNOWN")
    picture = {"type": "image", "image": {"id": "1"}}
    header: Json = {"type": "header", "parameters": [{**picture, "image": None}]}
    assert (await refused(header, named(name="A", sum="B")))[0] == 131008
    header = {"type": "header", "parameters": [picture]}
    assert (await refused(header, named(name="A", total="B")))[0] == 132012
    assert (await refused(header, named(name="A", sum="B")))[0] == 132000
    link: Json = {"type": "button", "sub_type": "url", "index": 1}
    link["parameters"] = [{"type": "text", "text": "7"}]
    assert (await refused(header, named(name="A", sum="B"), link))[0] == 132012


@pytest.mark.parametrize(
    ("status", "code"),
    [("PENDING", 132001), ("REJECTED", 132001), ("PAUSED", 132015), ("DISABLED", 132016)],
)
async def test_only_approved_templates_are_sent(stage: Stage, status: str, code: int) -> None:
    made = await stage.graph.add_template("order_ready", [BODY], status=status)
    assert (await stage.refused(**template()))[1] == code
    await stage.graph.change_template(made, "APPROVED")
    await stage.sent(**template())


async def test_pages(stage: Stage) -> None:
    for number in range(5):
        await stage.graph.add_template(f"t{number}", [BODY])
    edge = f"{stage.number['account']}/message_templates"
    names: list[str] = []
    after = ""
    for _ in range(3):
        query = f"?limit=2&after={after}" if after else "?limit=2"
        _, page = await stage.call("GET", edge + query)
        names += [one["name"] for one in page["data"]]
        after = page["paging"]["cursors"]["after"]
        assert ("next" in page["paging"]) == (len(names) < 5)
    assert names == ["t0", "t1", "t2", "t3", "t4"]
    before = page["paging"]["cursors"]["before"]
    _, page = await stage.call("GET", f"{edge}?limit=2&before={before}")
    assert [one["name"] for one in page["data"]] == ["t2", "t3"]
    headers = {"Authorization": "Bearer EAAtoken"}
    async with stage.http.get(page["paging"]["next"], headers=headers) as response:
        assert [one["name"] for one in (await response.json())["data"]] == ["t4"]
    for query in ("limit=0", "limit=x", "after=%20", "after=ä", "before=Zm9v"):
        status, content = await stage.call("GET", f"{edge}?{query}")
        assert (status, content["error"]["code"]) == (400, 100)


async def test_filters_and_fields(stage: Stage) -> None:
    await stage.graph.add_template("hello", [BODY], status="REJECTED", category="MARKETING")
    await stage.graph.add_template("hello", [BODY], language="id")
    await stage.graph.add_template("bye", [BODY], language="id")
    edge = f"{stage.number['account']}/message_templates"
    for query, found in (
        ("name=hell", 2),
        ("language=id", 2),
        ("status=REJECTED", 1),
        ("category=UTILITY", 2),
        ("name=hello&language=id", 1),
        ("name=nothing", 0),
    ):
        _, page = await stage.call("GET", f"{edge}?{query}")
        assert len(page["data"]) == found, query
    _, page = await stage.call("GET", f"{edge}?fields=name,status")
    assert {*page["data"][0]} == {"name", "status", "id"}
    _, one = await stage.call("GET", page["data"][0]["id"])
    assert (one["name"], one["rejected_reason"]) == ("hello", "NONE")


async def test_templates_are_created_changed_and_deleted(stage: Stage) -> None:
    edge = f"{stage.number['account']}/message_templates"
    whole = {"name": "hello", "language": "en_US", "category": "UTILITY", "components": [BODY]}
    _, made = await stage.call("POST", edge, json=whole)
    assert (made["status"], made["category"]) == ("PENDING", "UTILITY")
    status, content = await stage.call("POST", edge, json=whole)
    assert (status, content["error"]["error_subcode"]) == (400, 2388024)
    for name, value in (
        ("name", "Hello World"),
        ("category", "FUN"),
        ("components", [{"type": "FOOTER", "text": "x"}]),
        ("components", "x"),
        ("language", None),
    ):
        status, content = await stage.call("POST", edge, json={**whole, name: value})
        assert (status, content["error"]["code"]) == (400, 100)
    await stage.graph.change_template(made["id"], "APPROVED")
    _, changed = await stage.call("POST", made["id"], json={"components": [BODY]})
    assert changed == {"success": True}
    assert (await stage.call("GET", made["id"]))[1]["status"] == "PENDING"
    await stage.graph.settings(approve_templates=True)
    _, again = await stage.call("POST", edge, json={**whole, "language": "id"})
    assert again["status"] == "APPROVED"
    _, gone = await stage.call("DELETE", f"{edge}?name=hello&hsm_id={made['id']}")
    assert gone == {"success": True}
    _, gone = await stage.call("DELETE", f"{edge}?name=hello")
    assert (await stage.call("GET", edge))[1]["data"] == []
    status, content = await stage.call("DELETE", f"{edge}?name=hello")
    assert (status, content["error"]["error_subcode"]) == (404, 2593002)
    assert (await stage.call("DELETE", edge))[0] == 400
