"""The guardrails: what is checked on an answer before anybody sees a character of it. Pure."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from desk.ai.guardrails.addresses import check_addresses
from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.facts import check_facts
from desk.ai.guardrails.leaks import check_leaks
from desk.ai.guardrails.manner import check_manner
from desk.ai.guardrails.plain_text import find_language
from desk.ai.guardrails.promises import check_promises
from desk.ai.guardrails.quotes import check_citations, check_grounding, find_true_citations
from desk.ai.guardrails.verdict import Finding, GuardrailReason, Verdict
from desk.ai.model.ports import AiAnswer, AnswerAction

# What asks or greets is short. A long text of these actions would be an answer without citations.
_LONGEST_QUESTION = 400
# More than this is read by no check: regular expressions have their price.
_LONGEST_CHECKED = 8_000


def tidy_answer(answer: AiAnswer, labels: Mapping[str, str]) -> AiAnswer:
    """Return an answer whose text has no marks of citations, such as "[P1]"."""
    names = "|".join(map(re.escape, labels)) or "(?!)"
    marks = re.compile(rf"\s?[\[(](?:passages? )?(?:{names})(?:, ?(?:{names}))*[\])]")
    return replace(answer, text=marks.sub("", answer.text).strip())


def check_answer(answer: AiAnswer, evidence: Evidence) -> Verdict:
    """Return the verdict on a model's structured answer."""
    true = find_true_citations(answer.citations, evidence)
    findings = list(_check_text(answer.text, evidence, may_be_empty=_says_nothing(answer)))
    if answer.action is AnswerAction.ANSWER:
        findings += check_citations(answer.citations, evidence)
        if _is_in_language_of(answer.text, [evidence.knowledge[each.passage_id] for each in true]):
            findings += check_grounding(answer.text, evidence)
    elif len(answer.text) > _LONGEST_QUESTION:
        findings.append(Finding(GuardrailReason.LENGTH, f"too long for {answer.action}"))
    support = len(true) / len(answer.citations) if answer.citations else 0.0
    return Verdict(tuple(findings), true, support)


def check_text(text: str, evidence: Evidence) -> Verdict:
    """Return the verdict on a free text for a customer, such as a follow-up."""
    return Verdict(tuple(_check_text(text, evidence, may_be_empty=False)))


def _check_text(text: str, evidence: Evidence, *, may_be_empty: bool) -> Iterator[Finding]:
    if not text and may_be_empty:
        return
    if len(text) > max(evidence.max_length, _LONGEST_CHECKED):
        yield Finding(GuardrailReason.LENGTH, f"{len(text)} characters")
        return
    yield from check_manner(text, evidence)
    yield from check_leaks(text, evidence)
    yield from check_addresses(text, evidence)
    yield from check_facts(text, evidence)
    yield from check_promises(text, evidence)
    for name in evidence.other_names:
        yield Finding(GuardrailReason.OTHER_CLIENT, name)


def _says_nothing(answer: AiAnswer) -> bool:
    return answer.action is AnswerAction.HANDOVER


def _is_in_language_of(text: str, cited: Sequence[str]) -> bool:
    """Check whether a text can be compared word by word with the passages that it cites."""
    return find_language(text) in {find_language(each) for each in cited}
