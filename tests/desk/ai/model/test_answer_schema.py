"""Tests of the reading of a model's answer from any text."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.ai.model.answer_schema import ANSWER_SCHEMA, BrokenAnswer, parse_answer
from desk.ai.model.completions import MalformedCompletion, read_completion, read_embeddings
from desk.ai.model.ports import AnswerAction
from tests.desk.ai.model.stage import GOOD

json_values = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=4)
    ),
    max_leaves=8,
)
answers = st.fixed_dictionaries(
    {}, optional=dict.fromkeys(ANSWER_SCHEMA["properties"], json_values)
)


@pytest.mark.parametrize(
    "text",
    [
        "{0}",
        "Here you are:\n```json\n{0}\n```\nAnything else?",
        '<think>Is it {{}}? Or {{"action": "handover"}}?</think>{0}',
        "{{not json}} {0}",
        "\ufeff{0}",
    ],
)  # fmt: skip
def test_the_answer_is_found_among_other_words(text: str) -> None:
    answer = parse_answer(text.format(json.dumps(GOOD)))
    assert answer.text == GOOD["text"]
    assert answer.action is AnswerAction.ANSWER


@pytest.mark.parametrize(
    ("given", "read"),
    [(0.5, 0.5), ("0.5", 0.5), (95, 0.95), ("95%", 0.95), (-1, 0.0), (1e9, 1.0), (None, 0.0),
     (float("nan"), 0.0), ("high", 0.0), (True, 0.0)],
)  # fmt: skip
def test_confidence_is_a_number_from_0_to_1(given: Any, read: float) -> None:
    assert parse_answer(json.dumps({**GOOD, "confidence": given})).confidence == read


def test_what_no_database_takes_is_removed() -> None:
    answer = parse_answer('{"action": " Answer ", "text": "a\\ud800b\\u0000", "language": "EN-us"}')
    assert (answer.text, answer.language, answer.citations) == ("a?b", "en", ())


@settings(max_examples=80, deadline=None)
@given(st.one_of(st.text(max_size=300), answers.map(json.dumps)))
def test_any_text_is_an_answer_or_broken(text: str) -> None:
    try:
        answer = parse_answer(text)
    except BrokenAnswer:
        return
    assert 0.0 <= answer.confidence <= 1.0
    answer.text.encode()


@pytest.mark.parametrize(
    "vectors",
    [[], [[1.0], [2.0]], [[]], [[float("nan")]], [[float("inf")]], [[10**400]], [["x"]], [None]],
)
def test_vectors_that_cannot_be_compared_are_malformed(vectors: list[Any]) -> None:
    data = [{"index": at, "embedding": each} for at, each in enumerate(vectors)]
    with pytest.raises(MalformedCompletion):
        read_embeddings({"data": data}, 1)


@settings(max_examples=80, deadline=None)
@given(json_values | st.fixed_dictionaries({"choices": st.lists(json_values), "data": json_values}))
def test_any_answer_of_a_server_is_read_or_malformed(content: object) -> None:
    for read in (read_completion, lambda given: read_embeddings(given, 1)):
        try:
            read(content)
        except MalformedCompletion:
            continue
