"""Hard rules: what a person answers, whatever a model or an article says; pure."""

from desk.ai.turns import reasons
from desk.ai.turns.offers import Chose, WantsPerson
from desk.ai.turns.reasons import Reason
from desk.ai.turns.thought import Material
from desk.ai.turns.words import asks_for_person, find_keyword

# What an agent can take in beside words; a picture needs a model.
_WORDS = {"", "TEXT", "LINK", "LOCATION", "CONTACT"}


def find_handover_reason(material: Material, *, reads_pictures: bool = False) -> Reason | None:
    """Return why a person has to answer, before anything is thought; None if nothing says so."""
    rules, question = material.config.handover_rules, material.question
    if isinstance(material.choice, WantsPerson) or asks_for_person(question):
        return reasons.ASKED
    if isinstance(material.choice, Chose):
        return None
    if keyword := find_keyword(question, rules.keywords):
        return Reason("reason_keyword", {"word": keyword})
    if rules.complaints and material.complaints >= rules.complaints:
        return reasons.COMPLAINTS
    if material.reply_limit and material.replies >= material.reply_limit:
        return Reason(reasons.LIMIT, {"count": material.reply_limit})
    if rules.answers and material.replies >= rules.answers:
        return Reason("reason_answers", {"count": rules.answers})
    readable = {*_WORDS, "IMAGE"} if reads_pictures else _WORDS
    unreadable = [each.kind for each in material.burst if each.kind not in readable]
    if unreadable and not question:
        return Reason("reason_file", {"kind": unreadable[0].lower()})
    return None


def find_language_reason(material: Material, language: str | None) -> Reason | None:
    """Return why a person has to answer a question in this language; None if the agent may."""
    spoken = material.config.handover_rules.languages
    short = (language or "")[:2].lower()
    if spoken and short and short not in spoken:
        return Reason("reason_language", {"language": short})
    return None
