"""Finds what in a source is not knowledge but an instruction to a model. Pure."""

import re

from desk.ai.guardrails.plain_text import remembered, to_plain

_INSTRUCTION = re.compile(
    r"\b(?:ignore|disregard|forget|override|bypass)\b[^.\n]{0,30}\b(?:instruction|rule|prompt|message"
    r"|guideline|guardrail|filter)s?\b"
    r"|\b(?:abaikan|lupakan|hiraukan|langgar|lewati)\b[^.\n]{0,30}\b(?:instruksi|aturan|perintah"
    r"|pedoman|filter)\b"
    r"|\byou are (?:now|no longer)\b|\b(?:kamu|anda) (?:sekarang|bukan lagi)\b"
    r"|\bmulai sekarang (?:kamu|anda)\b|\bfrom now on,? you\b"
    r"|\bnew (?:system )?(?:instruction|rule|prompt)s?\b|\binstruksi (?:baru|sistem)\b"
    r"|\bsystem prompt\b|\bprompt sistem\b|^\s*\W*(?:system|sistem|assistant|developer)\W*:"
    r"|\b(?:note|message|instructions?|attention|catatan|pesan|perintah) (?:to|for|untuk)"
    r" (?:the |any |all )?(?:ai|bot|assistants?|asisten|model|llm)\b"
    r"|\b(?:ai|bots?|assistants?|asisten|llm|model)\b[^.\n]{0,20}\b(?:must|should|shall|harus|wajib)\b"
    r"|\b(?:reveal|print|repeat|output|show|bocorkan|tampilkan|sebutkan)\b[^.\n]{0,20}"
    r"\b(?:prompt|instructions|rules|mark|canary|secrets?|instruksi|aturan|tanda|rahasia)\b",
    re.MULTILINE,
)


@remembered
def strip_instructions(text: str) -> str:
    """Return a source without the paragraphs that speak to a model: they prove nothing."""
    lines = text.split("\n")
    return "\n".join(line for line in lines if not _INSTRUCTION.search(to_plain(line)))
