"""The words by which an assistant's answer is known; pure.

An AI agent may repeat neither numbers nor codes of a customer, so each question has a word of its
own, which the model repeats. The words of a conversation sort by time.
"""

import re

# One syllable for each digit.
_SYLLABLES = ("ba", "ce", "di", "fo", "gu", "ha", "je", "ki", "lo", "mu")
_SYLLABLE = "|".join(_SYLLABLES)
# Six digits: those of the conversation, and those of the message.
WORD = re.compile(rf"\bz(?:{_SYLLABLE}){{6}}\b")
# What the model says; `{echo}` is the last such word that the customer wrote.
ANSWER = "What do you mean by {echo}?"
_ANSWER = re.compile(rf"What do you mean by (z(?:{_SYLLABLE}){{6}})\?")


def build_word(token: str) -> str:
    """Return the word of a message from its token."""
    return "z" + "".join(_SYLLABLES[int(each)] for each in token if each.isdecimal())


def build_question(token: str, luck: float) -> str:
    """Return a customer's question; some contain the word of an auto-reply rule."""
    about = RULE_WORDS.get(int(luck * _RULE_CHANCES), "")
    return f"{token} tell me about {build_word(token)} {about}".rstrip()


def find_answered_word(text: str) -> str | None:
    """Return the word of the question that a model's answer is about."""
    return next(iter(list_answered_words(text)), None)


def list_answered_words(text: str) -> list[str]:
    """List the words of all answers in a text: messages in a burst are one in the staff group."""
    return _ANSWER.findall(text)


# The words of the rules, one for each way in which rules differ (setup.py).
NOW, NOW_ALONE, LATER = "catalogue", "postcard", "newspaper"
_RULE_CHANCES = 12
RULE_WORDS = {0: NOW, 1: NOW_ALONE, 2: LATER, 3: LATER}
