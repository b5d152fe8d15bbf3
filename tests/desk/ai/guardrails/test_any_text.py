"""Tests of the guardrails with any text, and with the words of the shipped articles."""

import json
import re
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from desk.ai.guardrails.checks import check_answer
from desk.ai.guardrails.evidence import Evidence
from desk.ai.model.ports import AiAnswer, AnswerAction, Citation
from desk.ai.prompt.rules import RULES

SETS = Path(__file__).parents[4] / "scripts" / "bench" / "answers" / "sets"
PIECES = (
    "monday", "Minggu", "hari minggu", "jum'at", "sept", "12", "31", "2026", "05", "may", "mei",
    "rp", "Rp.", "$", "%", "rb", "juta", "k", ".", ",", ":", "-", "/", "pm", "jam", "hari", "days",
    "sampai", "to", "dua", "belas", "se", "https://", "www.", "a.com", "@", "dot com", "+62", "(",
    "will", "akan", "refund", "not", "otp", "send", "[P1]", "P1", "\n", "\u200b", "\u0662",
    "\u00b2", "\U0001f600",
)  # fmt: skip
texts = st.one_of(
    st.text(max_size=200),
    st.lists(st.sampled_from(PIECES), max_size=30).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=30).map("".join),
)


@settings(max_examples=60, deadline=None)
@given(text=texts, source=texts, quote=texts, action=st.sampled_from(list(AnswerAction)))
def test_any_text_gets_a_verdict(text: str, source: str, quote: str, action: AnswerAction) -> None:
    evidence = Evidence({"P1": source}, canary="a1b2c3d4", secrets=[quote], language="en")
    check_answer(AiAnswer(action, text, (Citation("P1", quote),)), evidence)


def test_the_words_of_an_article_pass() -> None:
    """An answer that copies two sentences of the article that it cites is never refused."""
    refused = []
    for file in sorted(SETS.glob("*/articles.jsonl")):
        for line in file.read_text().splitlines():
            article = json.loads(line)
            evidence = Evidence(
                {"P1": article["text"]}, language=article["language"], private=RULES
            )
            sentences = re.split(r"(?<=[.!?])\s+|\n+", article["text"])
            for start in range(0, len(sentences), 2):
                cited = Citation("P1", sentences[start])
                text = " ".join(sentences[start : start + 2])
                verdict = check_answer(AiAnswer(AnswerAction.ANSWER, text, (cited,)), evidence)
                refused += [(text, verdict.findings)] if not verdict.passed else []
    assert refused == []
