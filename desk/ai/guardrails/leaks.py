"""Checks that an answer lets out no part of the prompt, no mark and no secret. Pure."""

import base64
import codecs
import re
from collections.abc import Iterator

from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.plain_text import list_words, remembered, split_sentences, squeeze, to_plain
from desk.ai.guardrails.verdict import Finding, GuardrailReason

# So many words in a row of the rules, the style or the conditions are no accident.
_RUN = 6
_FEWEST_SECRET_LETTERS = 6
_SECRET_SHAPE = re.compile(
    r"\bsk-[\w-]{12,}|\b\d{8,12}:[\w-]{30,}|\beyj[\w-]{10,}\.[\w-]+|\bakia[0-9a-z]{16}\b"
    r"|-----begin|\bbearer [\w.-]{12,}|\bgh[pousr]_\w{20,}|\bxox[abp]-[\w-]{10,}"
    r"|\b(?:postgres(?:ql)?|mysql|redis|mongodb)://\S+"
)
_ENCODED = re.compile(
    r"(?<![\w/+.:-])(?:[a-z0-9+/]{40,}={0,2}|(?:[0-9a-f]{2}[ :-]?){20,}|(?:[01]{8} ?){6,})"
)
_TALKS_OF_PROMPT = re.compile(
    r"\bsystem prompt\b|\bprompt sistem\b|\b(?:my|the|these) (?:instructions|rules|guidelines)"
    r" (?:are|say|state|tell|is)\b|\bi (?:was|am|'m|have been) (?:instructed|told|programmed)\b"
    r"|\bmy (?:system|hidden|secret|initial|internal) (?:message|instructions?|rules?|mark)\b"
    r"|\b(?:instruksi|aturan|perintah)(?: sistem)? (?:saya|kami) (?:adalah|berisi|mengatakan)\b"
    r"|\bsaya (?:diinstruksikan|diperintahkan|diprogram)\b|\bcanary\b"
    r"|</?(?:passage|customer_message|style|products)\b|\bcustomer_message\b|\bpassage_id\b"
)
_ASKS = re.compile(
    r"\b(?:send|share|give|tell|type|reply with|enter|provide|confirm|what is|what's|kirim\w*"
    r"|sebutkan|berikan|masukkan|ketik|beri ?tahu|berapa|apa)\b"
)
_ASKED_SECRET = re.compile(
    r"\b(?:passwords?|passcodes?|kata sandi|sandi|otp|pin|cvv|cvc|card numbers?|nomor kartu"
    r"|one-time codes?|verification codes?|kode verifikasi|kode otp|security codes?)\b"
)
_NEVER = re.compile(r"\b(?:never|not|don't|do not|jangan|tidak)\b")


def check_leaks(text: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for everything that nobody may see."""
    if evidence.canary and _contains_hidden(text, evidence.canary):
        yield Finding(GuardrailReason.CANARY)
    plain = to_plain(text)
    for secret in evidence.secrets:
        if len(secret) >= _FEWEST_SECRET_LETTERS and _contains_hidden(text, secret):
            yield Finding(GuardrailReason.SECRET, "a value of the settings")
    for pattern in (_SECRET_SHAPE, _ENCODED):
        for match in pattern.finditer(plain):
            if match[0] not in evidence.facts:
                yield Finding(GuardrailReason.SECRET, match[0][:12])
    yield from _check_prompt(text, plain, evidence)
    yield from _check_questions(plain, evidence)


def _check_prompt(text: str, plain: str, evidence: Evidence) -> Iterator[Finding]:
    for match in _TALKS_OF_PROMPT.finditer(plain):
        if match[0] not in evidence.facts:
            yield Finding(GuardrailReason.PROMPT, match[0])
    shared = _list_runs(text) & _list_runs(evidence.private)
    if shared and not shared <= frozenset().union(*map(_list_runs, evidence.parts)):
        yield Finding(GuardrailReason.PROMPT, " ".join(min(shared)))
    for label in evidence.sources:
        if re.search(rf"\b{label.casefold()}\b", plain) and not _stands_in_facts(label, evidence):
            yield Finding(GuardrailReason.PROMPT, label)


def _stands_in_facts(label: str, evidence: Evidence) -> bool:
    return re.search(rf"\b{label.casefold()}\b", evidence.facts) is not None


def _check_questions(plain: str, evidence: Evidence) -> Iterator[Finding]:
    """Yield a finding for each question for a password, unless a passage puts it."""
    for sentence in split_sentences(plain):
        asks = _ASKED_SECRET.search(sentence) and _ASKS.search(sentence)
        if asks and not _NEVER.search(sentence) and squeeze(sentence) not in evidence.facts:
            yield Finding(GuardrailReason.ASKS_SECRET, sentence.strip()[:100])


@remembered
def _list_runs(text: str) -> frozenset[tuple[str, ...]]:
    words = list_words(text)
    return frozenset(tuple(words[at : at + _RUN]) for at in range(len(words) - _RUN + 1))


def _contains_hidden(text: str, secret: str) -> bool:
    """Check whether a text contains a secret: as it is, spaced out, backwards or encoded."""
    letters, wanted = _join(text), _join(secret)
    turned = {wanted, wanted[::-1], codecs.encode(wanted, "rot13")}
    if any(each in letters for each in turned):
        return True
    encoded = {secret.encode().hex(), *_list_base64(secret)}
    return any(each in re.sub(r"\s", "", text) for each in encoded)


def _join(text: str) -> str:
    return re.sub(r"[\W_]", "", to_plain(text))


def _list_base64(secret: str) -> Iterator[str]:
    """Yield the middle of a secret in base64, for each of the places where it can begin."""
    for before in range(3):
        data = b"\0" * before + secret.encode()
        yield base64.b64encode(data).decode()[4 : len(data) // 3 * 4]
