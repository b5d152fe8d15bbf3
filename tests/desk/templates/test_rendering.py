"""Rendered templates: every missing value is named, and the provider gets what it approved."""

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.templates.obstacles import find_obstacle
from desk.templates.rendering import (
    HeaderUpload,
    MissingValuesError,
    RenderingError,
    VariableKind,
    get_outline,
    list_variables,
    render_components,
)

NUMBERED = [
    {"type": "HEADER", "format": "TEXT", "text": "Order {{1}}", "example": {"header_text": ["A7"]}},
    {
        "type": "BODY",
        "text": "Hello {{1}}, your order comes on {{2}}.",
        "example": {"body_text": [["Ann", "Monday"]]},
    },
    {"type": "FOOTER", "text": "The shop"},
    {
        "type": "BUTTONS",
        "buttons": [
            {"type": "QUICK_REPLY", "text": "Stop"},
            {
                "type": "URL",
                "text": "Track",
                "url": "https://shop.example/t/{{1}}",
                "example": ["https://shop.example/t/A7"],
            },
            {"type": "PHONE_NUMBER", "text": "Call", "phone_number": "+4912345"},
            {"type": "COPY_CODE", "example": "SALE25"},
        ],
    },
]
VALUES = {"header.1": "A7", "1": "Ann", "2": "Monday", "button.1": "A7", "button.3": "SALE25"}


def picture(form: str = "IMAGE") -> list[dict[str, object]]:
    return [{"type": "HEADER", "format": form}, {"type": "BODY", "text": "Look!"}]


def test_variables_are_listed_in_reading_order() -> None:
    found = [(each.key, each.kind, each.example) for each in list_variables(NUMBERED)]
    assert found == [
        ("header.1", VariableKind.TEXT, "A7"),
        ("1", VariableKind.TEXT, "Ann"),
        ("2", VariableKind.TEXT, "Monday"),
        ("button.1", VariableKind.TEXT, "https://shop.example/t/A7"),
        ("button.3", VariableKind.CODE, "SALE25"),
    ]


def test_components_have_the_providers_form() -> None:
    filled = render_components(NUMBERED, VALUES)
    assert filled.components == [
        {"type": "header", "parameters": [{"type": "text", "text": "A7"}]},
        {
            "type": "body",
            "parameters": [{"type": "text", "text": "Ann"}, {"type": "text", "text": "Monday"}],
        },
        {
            "type": "button",
            "sub_type": "url",
            "index": "1",
            "parameters": [{"type": "text", "text": "A7"}],
        },
        {
            "type": "button",
            "sub_type": "copy_code",
            "index": "3",
            "parameters": [{"type": "coupon_code", "coupon_code": "SALE25"}],
        },
    ]
    assert filled.text == (
        "Order A7\n\nHello Ann, your order comes on Monday.\n\nThe shop\n\n"
        "[Stop]\n[Track] https://shop.example/t/A7\n[Call] +4912345\n[Copy] SALE25"
    )


def test_named_variables_keep_their_names() -> None:
    body = [
        {
            "type": "BODY",
            "text": "Dear {{customer}}, {{ agent }} here.",
            "example": {
                "body_text_named_params": [{"param_name": "customer", "example": "Ann"}],
            },
        }
    ]
    assert [(each.key, each.example) for each in list_variables(body)] == [
        ("customer", "Ann"),
        ("agent", ""),
    ]
    filled = render_components(body, {"customer": "Bo", "agent": "Mia"}, is_named=True)
    assert filled.text == "Dear Bo, Mia here."
    assert [each["parameter_name"] for each in filled.components[0]["parameters"]] == [
        "customer",
        "agent",
    ]


def test_numbered_variables_are_ordered_by_number() -> None:
    body = [{"type": "BODY", "text": "{{10}} {{2}} {{1}} {{2}}"}]
    assert [each.key for each in list_variables(body)] == ["1", "2", "10"]
    filled = render_components(body, {"1": "a", "2": "b", "10": "c"})
    assert filled.text == "c b a b"
    assert [each["text"] for each in filled.components[0]["parameters"]] == ["a", "b", "c"]


def test_every_variable_that_is_missing_is_named() -> None:
    with pytest.raises(MissingValuesError) as caught:
        render_components(NUMBERED, {"1": "Ann", "2": "  ", "header.1": ""})
    assert caught.value.keys == ("header.1", "2", "button.1", "button.3")
    assert "header.1, 2, button.1, button.3" in str(caught.value)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({**VALUES, "3": "x"}, "no variable 3"),
        ({**VALUES, "1": "{{1}}"}, "1 is still a placeholder"),
        ({**VALUES, "1": "x" * 1025}, "1 may have 1024 characters"),
        ({**VALUES, "button.3": "x" * 16}, "button.3 may have 15 characters"),
        ({**VALUES, "1": "x" * 1000}, "its text has 1035 characters: 1024 at most"),
        ({**VALUES, "header.1": "x" * 60}, "its header has 66 characters: 60 at most"),
    ],
    ids=["unknown", "left as it was", "long", "long code", "long text", "long header"],
)
def test_a_wrong_value_is_refused(values: dict[str, str], told: str) -> None:
    with pytest.raises(RenderingError, match=re.escape(told)):
        render_components(NUMBERED, values)


def test_white_space_that_meta_refuses_becomes_blanks() -> None:
    body = [{"type": "BODY", "text": "Hi {{1}}"}]
    filled = render_components(body, {"1": " a\n\tb      c "})
    assert filled.components[0]["parameters"][0]["text"] == "a b c"


@pytest.mark.parametrize("kind", ["image", "video", "document"])
def test_a_header_takes_a_link_or_a_file_of_ours(kind: str) -> None:
    parts = picture(kind.upper())
    assert [(each.key, each.kind) for each in list_variables(parts)] == [("header", kind)]
    linked = render_components(parts, {"header": "https://shop.example/a.bin"})
    assert linked.components == [
        {
            "type": "header",
            "parameters": [{"type": kind, kind: {"link": "https://shop.example/a.bin"}}],
        }
    ]
    uploaded = render_components(parts, {}, upload=HeaderUpload(VariableKind(kind), "a.bin"))
    [parameter] = uploaded.components[0]["parameters"]
    assert parameter == {"type": kind, kind: {"filename": "a.bin"} if kind == "document" else {}}
    with pytest.raises(MissingValuesError):
        render_components(parts, {})


@pytest.mark.parametrize(
    "link", ["a.jpg", "ftp://x/a", "https://", "javascript:x", "http://[", "/"]
)
def test_an_invalid_link_is_refused(link: str) -> None:
    with pytest.raises(RenderingError, match="must be a link to a file"):
        render_components(picture(), {"header": link})


def test_a_file_of_a_wrong_type_or_without_a_header_is_refused() -> None:
    with pytest.raises(RenderingError, match="a file of type image"):
        render_components(picture(), {}, upload=HeaderUpload(VariableKind.VIDEO))
    with pytest.raises(RenderingError, match="takes no file"):
        render_components(
            [{"type": "BODY", "text": "Hi"}], {}, upload=HeaderUpload(VariableKind.IMAGE)
        )


@pytest.mark.parametrize(
    "parts",
    [
        [{"type": "HEADER", "format": "HOLOGRAM"}],
        [{"type": "CAROUSEL", "cards": []}],
        [{"type": "BUTTONS", "buttons": [{"type": "MPM", "text": "Go"}]}],
        [{}],
    ],
    ids=["header", "carousel", "products", "nothing"],
)
def test_an_unsupported_template_is_not_sent(parts: list[dict[str, object]]) -> None:
    assert find_obstacle(parts)
    with pytest.raises(RenderingError, match="cannot be sent from here"):
        render_components(parts, {})


def test_a_place_a_form_and_a_catalog_can_be_sent() -> None:
    parts = [
        {"type": "HEADER", "format": "LOCATION"},
        {"type": "BODY", "text": "We are here"},
        {
            "type": "BUTTONS",
            "buttons": [
                {"type": "FLOW", "text": "Book"},
                {"type": "CATALOG", "text": "Browse"},
                {"type": "VOICE_CALL", "text": "Call"},
            ],
        },
    ]
    assert [each.kind for each in list_variables(parts)] == [VariableKind.LOCATION]
    filled = render_components(parts, {"header": "-6.2, 106.8, Office, Street 1, Jakarta"})
    place = {
        "latitude": "-6.2",
        "longitude": "106.8",
        "name": "Office",
        "address": "Street 1, Jakarta",
    }
    flow = {"type": "action", "action": {"flow_token": "unused"}}
    assert filled.components == [
        {"type": "header", "parameters": [{"type": "location", "location": place}]},
        {"type": "button", "sub_type": "flow", "index": "0", "parameters": [flow]},
    ]
    for wrong in ("Office", "95, 0", "1", "a, b"):
        with pytest.raises(RenderingError, match="must be a location"):
            render_components(parts, {"header": wrong})


def test_a_code_stands_in_the_text_and_behind_the_button() -> None:
    otp = {"type": "OTP", "otp_type": "COPY_CODE", "text": "Copy code"}
    body = {"type": "BODY", "text": "*{{1}}* is your code."}
    filled = render_components([body, {"type": "BUTTONS", "buttons": [otp]}], {"1": "4711"})
    code = {"type": "text", "text": "4711"}
    assert filled.components == [
        {"type": "body", "parameters": [code]},
        {"type": "button", "sub_type": "url", "index": "0", "parameters": [code]},
    ]


def test_a_template_without_variables_needs_nothing() -> None:
    filled = render_components([{"type": "BODY", "text": "Hello!"}], {})
    assert (filled.components, filled.text) == ([], "Hello!")
    assert get_outline(NUMBERED).startswith("Order {{1}}\n\nHello {{1}}, your")


names = st.from_regex(r"[a-z][a-z0-9_]{0,8}", fullmatch=True)
words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zs", "Zl", "Zp"]), min_size=1)


@given(
    st.lists(names, min_size=1, max_size=5, unique=True).flatmap(
        lambda keys: st.tuples(
            st.just(keys),
            st.lists(words.filter(lambda w: "{{" not in w), min_size=len(keys), max_size=len(keys)),
        )
    ),
    st.booleans(),
)
def test_people_and_provider_get_the_same_values(
    made: tuple[list[str], list[str]], is_named: bool
) -> None:
    keys, values = made
    text = "-".join(f"{{{{{key}}}}}" for key in keys)
    given_values = dict(zip(keys, (value[:150] for value in values), strict=True))
    filled = render_components([{"type": "BODY", "text": text}], given_values, is_named=is_named)
    assert filled.text == "-".join(given_values[key] for key in keys)
    sent = [each["text"] for each in filled.components[0]["parameters"]]
    assert sent == [given_values[key] for key in keys]
    json.dumps(filled.components)


@given(st.dictionaries(names, words, max_size=4))
def test_placeholders_in_values_are_not_filled_in(values: dict[str, str]) -> None:
    text = " ".join(f"{{{{{key}}}}}" for key in values)
    tricky = dict.fromkeys(values, "{{x}} a")
    filled = render_components([{"type": "BODY", "text": f"Hi {text}"}], tricky)
    assert filled.text == f"Hi {' '.join(tricky.values())}"


junk = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner),
    max_leaves=8,
)


@given(st.sampled_from(["HEADER", "BODY", "FOOTER"]), junk, junk)
def test_odd_descriptions_break_nothing(kind: str, text: object, example: object) -> None:
    parts = [{"type": kind, "text": text, "example": example}]
    found = list_variables(parts)
    assert all(each.key for each in found)
    get_outline(parts)
