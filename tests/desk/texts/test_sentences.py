"""What went wrong is said in the reader's language: every sentence has its translation."""

import ast
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from api.errors import problems
from api.errors.problems import Problem
from desk.texts import LANGUAGES, choose_accepted_language
from desk.texts.catalogue import read_texts
from desk.texts.sentences import translate_sentence
from tests.english_texts import has_words, read_assignments, to_templates

ROOT = Path(__file__).parents[3]
PROBLEMS = {
    name: kind
    for name, kind in vars(problems).items()
    if isinstance(kind, type) and issubclass(kind, Problem)
}
# What these say reaches a person, in the console or in a topic.
ERRORS = {
    "AddressTakenError",
    "AiAgentNeededError",
    "ArticleRefusedError",
    "BadEmailError",
    "BadNameError",
    "BadPasswordError",
    "ChannelStopped",
    "EmailTakenError",
    "FileGoneError",
    "FileNotReplaced",
    "FileRefused",
    "FileTooLargeError",
    "FileUnavailableError",
    "ImportRefusedError",
    "InvalidCredentialsError",
    "InvalidHoursError",
    "InvalidPatternError",
    "InvalidPeriodError",
    "InvalidServerUrlError",
    "InvalidTagError",
    "InvalidValueError",
    "JobRefusedError",
    "LastAdminError",
    "MergeError",
    "MergedClientError",
    "MissingValuesError",
    "NameTakenError",
    "NoSuchAccountError",
    "NoTemplatesError",
    "NotPossibleError",
    "OverloadedError",
    "ProviderUnavailableError",
    "Rejected",
    "RenderingError",
    "RevisionError",
    "SessionActionError",
    "SnoozeTimeError",
    "TooManyAttemptsError",
    "TypeMismatchError",
    "Uncertain",
    "WindowClosed",
    "WrongKeyError",
}
SAID = {*PROBLEMS, *ERRORS, "FieldError"}


def list_sentences() -> set[str]:
    found = {kind.title for name, kind in PROBLEMS.items() if hasattr(kind, "title")}
    for room in ("api", "bot", "bridge", "desk"):
        for file in sorted((ROOT / room).rglob("*.py")):
            kinds = SAID | {"ValueError"} if room == "api" else SAID
            found |= set(_read_module(ast.parse(file.read_text("utf-8")), kinds))
    return set(filter(has_words, found))


def _read_module(tree: ast.Module, kinds: set[str]) -> Iterator[str]:
    constants = read_assignments(tree.body)
    for scope in ast.walk(tree):
        match scope:
            case ast.ClassDef(name=name) if name in kinds:
                calls = [each for each in ast.walk(scope) if _is_super_call(each)]
                yield from _read_calls(calls, constants)
            case ast.FunctionDef() | ast.AsyncFunctionDef():
                names = constants | read_assignments(list(ast.walk(scope)))
                calls = [each for each in ast.walk(scope) if _is_one_of(each, kinds)]
                yield from _read_calls(calls, names)


def _is_super_call(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func) == "super().__init__"


def _is_one_of(node: ast.AST, kinds: set[str]) -> bool:
    """Check whether it makes one of these errors, or names what is wrong with a field."""
    name = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
    return name.removesuffix(".field") in kinds


def _read_calls(calls: list[ast.AST], names: dict[str, list[ast.expr]]) -> Iterator[str]:
    for call in calls:
        assert isinstance(call, ast.Call)
        said = [*call.args, *(each.value for each in call.keywords if each.arg != "limit")]
        for argument in said:
            # One word is a field or a code.
            yield from (each for each in to_templates(argument, names) if " " in each)


def others() -> list[str]:
    return [each for each in LANGUAGES if each != "en"]


@pytest.mark.parametrize("language", others())
def test_every_sentence_is_translated(language: str) -> None:
    file = ROOT / f"desk/texts/sentences_{language}.toml"
    texts = read_texts(file)
    english = set(tomllib.loads(file.read_text("utf-8"))["for_programs"])
    said = list_sentences()
    assert said - texts.keys() - english == set(), f"translate these in {file.name}"
    assert {*texts, *english} - said == set(), "nobody says these any more"
    assert english & texts.keys() == set()
    for text, translated in texts.items():
        values = re.findall(r"\{\d\}", text)
        assert sorted(re.findall(r"\{\d\}", translated)) == sorted(values), text


def test_values_stay_and_sentences_in_sentences_are_translated() -> None:
    said = translate_sentence("id", "Mia has this session already")
    assert said == "Mia sudah memegang sesi ini"
    whole = translate_sentence("id-ID", "nothing was saved: Meta refuses the token: expired")
    assert whole == "tidak ada yang disimpan: Meta menolak token: expired"
    for language in ("en", None, "de"):
        assert translate_sentence(language, "no customer is waiting") == "no customer is waiting"
    assert translate_sentence("id", "what a provider says") == "what a provider says"


@pytest.mark.parametrize(
    ("accepted", "language"),
    [
        ("", "en"),
        ("id", "id"),
        ("id-ID,id;q=0.9,en;q=0.8", "id"),
        ("ID, en;q=0.5", "id"),
        ("de-DE,id;q=0.5", "id"),
        ("en-US,en;q=0.9,id;q=0.8", "en"),
        ("*", "en"),
        (",;q=,", "en"),
    ],
)
def test_the_first_language_that_a_client_accepts(accepted: str, language: str) -> None:
    assert choose_accepted_language(accepted) == language
