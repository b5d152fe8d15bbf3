"""The bot's texts are complete in every language, and each is used."""

import re
from pathlib import Path
from string import Formatter

import pytest

from db.tables import EventKind
from desk.texts import LANGUAGES, load_catalogue, translate

ROOT = Path(__file__).parents[3]
ROOMS = ("api", "bot", "bridge", "db", "desk", "scripts")


def keys(language: str) -> dict[str, str]:
    return {
        f"{theme}.{name}": text
        for theme, texts in load_catalogue(language).items()
        for name, text in texts.items()
    }


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_the_same_things(language: str) -> None:
    english, theirs = keys("en"), keys(language)
    assert theirs.keys() == english.keys()
    assert {key: placeholders(text) for key, text in theirs.items()} == {
        key: placeholders(text) for key, text in english.items()
    }
    assert all(text.strip() for text in theirs.values())


def test_placeholders_are_plain_names() -> None:
    assert all(name.isidentifier() for text in keys("en").values() for name in placeholders(text))


def code() -> str:
    return "\n".join(
        file.read_text("utf-8") for room in ROOMS for file in sorted((ROOT / room).rglob("*.py"))
    )


def test_every_text_that_the_code_names_exists() -> None:
    themes = "|".join(load_catalogue("en"))
    named = set(re.findall(rf'"((?:{themes})\.[a-z_]+)"', code()))
    # Loggers' events and live events look alike; only texts that are sent count.
    events = {*EventKind, *re.findall(r'log\.\w+\(\s*"([a-z_.]+)"', code())}
    assert named - events <= keys("en").keys()


def test_every_text_is_said_somewhere() -> None:
    """A key is written out, or is built from parts as in f"card.{key}"."""
    source = code()
    written = set(re.findall(r'"([a-z_.]+)"', source))
    # A part may also be a member of an enumeration.
    parts = written | {name.lower() for name in re.findall(r"    ([A-Z_]+) = ", source)}
    built: dict[str, set[tuple[str, str]]] = {}
    for theme, before, after in re.findall(
        r"""f["']([a-z_]+)\.([a-z_]*){[^{}]+}([a-z_]*)["']""", source
    ):
        built.setdefault(theme, set()).add((before, after))
    # As in say(f"priority_{name}"), where `say` knows the theme.
    anywhere = set(re.findall(r"""f["']([a-z_]+){[^{}]+}([a-z_]*)["']""", source))

    def is_said(key: str) -> bool:
        theme, _, name = key.partition(".")
        affixes = built.get(theme, set())
        if ("", "") in affixes:
            affixes = affixes | anywhere
        return key in written or any(
            name.startswith(before)
            and name.endswith(after)
            and name[len(before) : len(name) - len(after)] in parts
            for before, after in affixes
        )

    assert [key for key in sorted(keys("en")) if not is_said(key)] == []


def test_a_tag_with_a_region_is_its_language_and_others_are_english() -> None:
    english, indonesian = translate("en", "button.sent"), translate("id", "button.sent")
    assert english != indonesian
    assert translate("id-ID", "button.sent") == translate("ID", "button.sent") == indonesian
    assert translate(None, "button.sent") == translate("", "button.sent") == english
    assert translate("zh-hans", "button.sent") == english


# Meta's limits begin with hundreds.
NEVER_ONE = {"whatsapp_account.daily_limit", "whatsapp_account.people_a_day"}
A_COUNT_BEFORE_A_PLURAL = re.compile(
    r"{(count|days|hours|live|many|minutes|people|seconds|taken|waiting)} ([a-z]+ )?[a-z]+s\b"
)


def test_no_text_is_wrong_when_a_number_is_one() -> None:
    english = keys("en")
    wrong = {key for key, text in english.items() if A_COUNT_BEFORE_A_PLURAL.search(text)}
    assert wrong <= NEVER_ONE


def test_braces_in_what_is_filled_in_stay_as_they_are() -> None:
    assert translate("en", "topic.sent_as", agent="{agent} {0} {") == "Sent as {agent} {0} {."
