import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from desk.knowledge.search.calibration import load_calibration
from scripts.bench.answers.evaluation import evaluate, summarize
from scripts.bench.answers.regression import fit_choice, fit_logistic
from scripts.bench.answers.sets import SetError, load_set, load_shipped
from scripts.command_line import app

SETS = load_shipped()
RUNNER = CliRunner()


def test_the_shipped_sets_are_large_and_hard_enough() -> None:
    questions = [each for one in SETS for each in one.questions]
    assert len(SETS) >= 2
    assert len(questions) >= 300
    assert sum(not each.is_answerable for each in questions) * 3 >= len(questions)
    assert sum(each.note == "near" for each in questions) * 5 >= len(questions)
    assert {each.language for each in questions} == {"en", "id"}
    # Each answer is in a passage, so that the passage level can be measured.
    assert all(bool(each.passages) == each.is_answerable for each in questions)


def test_the_shipped_weights_answer_the_shipped_sets() -> None:
    """A change of the search needs weights that are fitted again."""
    calibration = load_calibration()
    outcomes, without = [], []
    for each in SETS:
        outcomes += evaluate(each, calibration).by_article
        without += evaluate(each.without_typical_questions(), calibration).by_article
    of, bare = summarize(outcomes), summarize(without)
    assert max(of.wrong_outright, bare.wrong_outright) <= 0.03
    assert max(of.calibration_error, bare.calibration_error) <= 0.08
    assert of.right_outright >= 0.42
    assert of.within_one_tap >= 0.92
    assert bare.right_outright >= 0.34
    assert bare.within_one_tap >= 0.88


def test_a_logistic_regression_finds_what_matters() -> None:
    rows = [[at / 10, (at * 7) % 3] for at in range(20)]
    bias, first, second = fit_logistic(rows, [at >= 10 for at in range(20)], penalty=0.1)
    assert first > 10 * abs(second)
    assert -1.5 < bias / first < -0.5  # the border is between the tenth and the eleventh


def test_a_choice_is_learned_from_the_right_ones() -> None:
    choices = [([[1.0, 0.0], [0.0, 1.0], [0.0, 0.5]], {0}) for _ in range(5)]
    first, second = fit_choice(choices, penalty=0.1)
    assert first > second


ARTICLE = {"id": "a", "language": "en", "title": "Pay", "tags": [], "text": "By card.\n\nOr cash."}
QUESTION = {
    "id": "q",
    "text": "can I pay cash",
    "language": "en",
    "answerable": True,
    "articles": ["a"],
    "answers": [{"article": "a", "span": "Or cash."}],
}


def write(path: Path, *rows: object) -> Path:
    path.write_text("".join(f"{json.dumps(each)}\n" for each in rows), encoding="utf-8")
    return path


def test_a_set_is_read_from_files(tmp_path: Path) -> None:
    read = load_set(write(tmp_path / "a", ARTICLE), write(tmp_path / "q", QUESTION))
    assert read.questions[0].passages == {"a#1"}
    assert not read.has_typical_questions


@pytest.mark.parametrize(
    ("articles", "questions", "says"),
    [
        ([], [QUESTION], "KeyError"),
        ([ARTICLE], [], "is empty"),
        ([{"id": "a"}], [QUESTION], "line 1: KeyError"),
        ([ARTICLE, 3], [QUESTION], "line 2: TypeError"),
        ([{**ARTICLE, "typical_questions": [{"passage": 9, "text": "x"}]}], [QUESTION], "IndexEr"),
        ([ARTICLE], [{**QUESTION, "answers": [{"article": "b", "span": "x"}]}], "KeyError"),
    ],
)
def test_a_broken_set_is_refused_with_its_line(
    tmp_path: Path, articles: list[object], questions: list[object], says: str
) -> None:
    with pytest.raises(SetError, match=says):
        load_set(write(tmp_path / "a", *articles), write(tmp_path / "q", *questions))


def test_the_command_prints_the_figures_of_two_files(tmp_path: Path) -> None:
    articles, questions = write(tmp_path / "a", ARTICLE), write(tmp_path / "q", QUESTION)
    files = ["--articles", str(articles), "--questions", str(questions)]
    done = RUNNER.invoke(app, ["bench", "answers", *files])
    assert done.exit_code == 0, done.output
    assert "1 questions (0 not answerable" in done.output
    assert "1,000 passages" in done.output


def test_the_command_says_what_is_wrong(tmp_path: Path) -> None:
    missing = str(tmp_path / "none")
    wrong = RUNNER.invoke(app, ["bench", "answers", "--articles", missing, "--questions", missing])
    assert wrong.exit_code == 1
    assert "none" in wrong.output
    assert RUNNER.invoke(app, ["bench", "answers", "--articles", missing]).exit_code == 2
