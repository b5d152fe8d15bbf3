"""Ask a search all questions of a set, and count what an agent without a model would do."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

from desk.knowledge.decisions import AnswerOutright, HandOver, decide_without_model
from desk.knowledge.ports import SearchResult
from desk.knowledge.search.calibration import Calibration
from desk.knowledge.search.index import Index
from desk.knowledge.search.searcher import Searcher
from scripts.bench.answers.sets import Question, QuestionSet

_BINS = 10


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one question, judged by its article or by its passage."""

    question: Question
    confidence: float
    is_right: bool
    is_answered: bool
    is_handed_over: bool
    # Answered rightly, or the right one is among those that are offered.
    is_within_one_tap: bool


@dataclass(frozen=True, slots=True)
class Figures:
    """The shares of a set. Right ones: of the answerable questions; the others: of all."""

    questions: int
    answerable: int
    right_first: float
    right_outright: float
    within_one_tap: float
    wrong_outright: float
    handed_over: float
    calibration_error: float


@dataclass(frozen=True, slots=True)
class Evaluation:
    """All outcomes of some questions at both levels, and the seconds of each search."""

    by_article: list[Outcome]
    by_passage: list[Outcome]
    seconds: list[float]


def evaluate(questions: QuestionSet, calibration: Calibration) -> Evaluation:
    """Ask every question of a set."""
    searcher = Searcher(Index(questions.articles), 1, calibration)
    by_article, by_passage, seconds = [], [], []
    for question in questions.questions:
        begun = time.thread_time()
        result = searcher.search(question.text, language=question.language)
        seconds.append(time.thread_time() - begun)
        model = searcher.model
        articles = [each.article_id for each in result.articles]
        passages = [each.passage_id for each in result.articles]
        of_passage = replace(result, confidence=result.passage_confidence)
        by_article.append(
            _judge(question, result, model.article.threshold, articles, question.articles)
        )
        by_passage.append(
            _judge(question, of_passage, model.passage.threshold, passages, question.passages)
        )
    return Evaluation(by_article, by_passage, seconds)


def _judge(
    question: Question,
    result: SearchResult,
    threshold: float,
    found: Sequence[str],
    right: frozenset[str],
) -> Outcome:
    decided = decide_without_model(result, threshold)
    is_right = bool(found) and found[0] in right
    is_answered = isinstance(decided, AnswerOutright)
    is_handed_over = isinstance(decided, HandOver)
    is_offered = not is_answered and not is_handed_over and bool(right & set(found))
    within = is_offered or (is_answered and is_right)
    return Outcome(question, result.confidence, is_right, is_answered, is_handed_over, within)


def summarize(outcomes: Sequence[Outcome]) -> Figures:
    """Count outcomes."""
    total = len(outcomes)
    answerable = [each for each in outcomes if each.question.is_answerable]
    some = max(1, len(answerable))
    return Figures(
        total,
        len(answerable),
        sum(each.is_right for each in answerable) / some,
        sum(each.is_answered and each.is_right for each in answerable) / some,
        sum(each.is_within_one_tap for each in answerable) / some,
        sum(each.is_answered and not each.is_right for each in outcomes) / total,
        sum(each.is_handed_over for each in outcomes) / total,
        _measure_calibration(outcomes),
    )


def _measure_calibration(outcomes: Sequence[Outcome]) -> float:
    """Return the mean distance of confidence and truth, over ten ranges of confidence."""
    error = 0.0
    for number in range(_BINS):
        of_bin = [
            each for each in outcomes if min(_BINS - 1, int(each.confidence * _BINS)) == number
        ]
        if of_bin:
            expected = sum(each.confidence for each in of_bin)
            error += abs(expected - sum(each.is_right for each in of_bin))
    return error / len(outcomes)
