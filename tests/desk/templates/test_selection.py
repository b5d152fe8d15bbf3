"""The language that a customer gets, and the variables that are filled in automatically."""

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desk.messages.template_commands import parse_arguments
from desk.templates.rendering import Variable, VariableKind, list_variables
from desk.templates.selection import assign_values, choose_languages, guess_values, list_missing

FACTS = {"name": "Ann Smith", "first_name": "Ann", "agent": "Mia", "session": "3"}


@dataclass(frozen=True)
class One:
    name: str
    language: str


@pytest.mark.parametrize(
    ("there", "spoken", "chosen"),
    [
        (["en_US", "id"], ["id", "en"], "id"),
        (["en_US", "id"], ["en", "id"], "en_US"),
        (["en_US", "en"], ["en", "id"], "en"),
        (["en", "en_US"], ["en-US", "id"], "en_US"),
        (["pt_BR", "id"], ["de", "id"], "id"),
        (["pt_BR", "es"], ["de", "en"], "es"),
        (["pt_BR"], [], "pt_BR"),
    ],
)
def test_the_customers_language_goes_first(
    there: list[str], spoken: list[str], chosen: str
) -> None:
    assert choose_languages([One("a", each) for each in there], spoken) == [One("a", chosen)]


@given(
    st.lists(st.builds(One, st.sampled_from("abc"), st.sampled_from(["en", "en_GB", "id", "fr"]))),
    st.lists(st.sampled_from(["en", "id", "fr", "de"])),
)
def test_one_template_per_name_is_chosen(there: list[One], spoken: list[str]) -> None:
    chosen = choose_languages(there, spoken)
    assert [each.name for each in chosen] == sorted({each.name for each in there})
    assert set(chosen) <= set(there)
    assert chosen == choose_languages(list(reversed(there)), spoken)


@pytest.mark.parametrize(
    ("text", "known"),
    [
        ("Hi {{customer_name}}, {{agent}} here about {{order}}.", ["customer_name", "agent"]),
        ("Hello {{1}}, your order {{2}} comes.", ["1"]),
        ("Halo {{1}}!", ["1"]),
        ("*Dear* _{{1}}_, hello", ["1"]),
        ("Your order {{1}} comes. Say hi to {{2}}", []),
        ("{{1}} says hello {{2}}", ["2"]),
        ("Ticket {{session_number}} of {{nama}}", ["session_number", "nama"]),
    ],
)
def test_only_certain_values_are_filled_in(text: str, known: list[str]) -> None:
    wanted = list_variables([{"type": "BODY", "text": text}])
    assert list(guess_values(wanted, FACTS)) == known


def test_an_empty_fact_is_missing() -> None:
    wanted = [Variable("name", VariableKind.TEXT), Variable("header", VariableKind.IMAGE)]
    assert guess_values(wanted, {**FACTS, "name": ""}) == {}
    assert list_missing(wanted, {}) == wanted


@given(st.lists(st.sampled_from("abcdef"), unique=True), st.data())
def test_values_are_assigned_to_all_or_to_missing_variables(
    keys: list[str], data: st.DataObject
) -> None:
    wanted = [Variable(key, VariableKind.TEXT) for key in keys]
    known = {key: f"known {key}" for key in data.draw(st.sets(st.sampled_from(keys or ["x"])))}
    known = {key: value for key, value in known.items() if key in keys}
    given_values = data.draw(st.lists(st.text(), max_size=7))
    values = assign_values(wanted, known, given_values)
    left = [key for key in keys if key not in known]
    if len(given_values) == len(keys):
        assert values == dict(zip(keys, given_values, strict=True))
    elif len(given_values) == len(left):
        assert values == {**known, **dict(zip(left, given_values, strict=True))}
    else:
        assert values is None


@pytest.mark.parametrize(
    ("argument", "name", "given_values"),
    [
        ("order", "order", []),
        ("order  ", "order", []),
        ("order a b | c", "order", ["a b", "c"]),
        ("order a||c", "order", ["a", "", "c"]),
        ("order a\nb", "order", ["a\nb"]),
    ],
)
def test_a_command_is_read(argument: str, name: str, given_values: list[str]) -> None:
    assert parse_arguments(argument) == (name, given_values)
