"""`osmodesk bench answers`: print how well questions are answered without a model."""

import gc
import statistics
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from db.ids import ArticleId, PassageId
from desk.knowledge.search.calibration import Calibration, load_calibration
from desk.knowledge.search.index import Index
from desk.knowledge.search.searcher import Searcher
from desk.knowledge.search.source import SourceArticle
from scripts.bench.answers.evaluation import Evaluation, evaluate, summarize
from scripts.bench.answers.fit import Fitter
from scripts.bench.answers.sets import QuestionSet, load_set, load_shipped

Say = Callable[[str], None]
_MANY = 1_000
_HEAD = f"{'':22}{'first':>7}{'outright':>10}{'one tap':>9}{'wrong':>8}{'handed':>8}{'calibr.':>9}"


def report_files(articles: Path, questions: Path, say: Say) -> None:
    """Print the figures of one set, with the weights and thresholds that are shipped."""
    asked = load_set(articles, questions)
    calibration = load_calibration()
    say(f"{_count(asked)}; weights and thresholds carried over from the shipped sets")
    with _measured_memory(say):
        _report_modes([(asked, calibration)], say)
        _report_speed(asked, calibration, say)


def report_shipped(say: Say) -> None:
    """Print the figures of the shipped sets; each one's weights are fitted on the others."""
    sets = load_shipped()
    say(
        f"{len(sets)} subjects, {sum(len(each.questions) for each in sets)} questions: each subject"
    )
    say("is asked with weights and thresholds that were fitted on the others")
    with _measured_memory(say):
        fitter = Fitter(sets)
        fitted = [(each, fitter.fit(except_for=each.name)) for each in sets]
        for asked, calibration in fitted:
            say("")
            say(_count(asked))
            _report_modes([(asked, calibration)], say)
        say("")
        say("all subjects")
        _report_modes(fitted, say)
        _report_speed(sets[0], load_calibration(), say)


def _report_modes(sets: Sequence[tuple[QuestionSet, Calibration]], say: Say) -> None:
    say(_HEAD)
    modes = [("", False)]
    if any(each.has_typical_questions for each, _ in sets):
        modes.append((", typical q.", True))
    for name, keeps in modes:
        evaluations = [
            evaluate(each if keeps else each.without_typical_questions(), calibration)
            for each, calibration in sets
        ]
        _report(name, evaluations, say)


def _report(mode: str, evaluations: Sequence[Evaluation], say: Say) -> None:
    for level in ("article", "passage"):
        outcomes = [
            each
            for one in evaluations
            for each in (one.by_article if level == "article" else one.by_passage)
        ]
        of = summarize(outcomes)
        say(
            f"{level + mode:22}{of.right_first:>7.0%}{of.right_outright:>10.0%}"
            f"{of.within_one_tap:>9.0%}{of.wrong_outright:>8.1%}{of.handed_over:>8.0%}"
            f"{of.calibration_error:>9.3f}"
        )


def _report_speed(asked: QuestionSet, calibration: Calibration, say: Say) -> None:
    """Print the milliseconds of CPU for a question: with this set, and with 1,000 passages."""
    passages = sum(len(each.passages) for each in asked.articles)
    many = _repeat(asked.articles, -(-_MANY // passages))
    for articles in (asked.articles, many):
        begun = time.thread_time()
        searcher = Searcher(Index(articles), 1, calibration)
        built = time.thread_time() - begun
        seconds = []
        for question in asked.questions:
            begun = time.thread_time()
            searcher.search(question.text)
            seconds.append(time.thread_time() - begun)
        middle, high = statistics.median(seconds), sorted(seconds)[len(seconds) * 99 // 100]
        say(
            f"{len(searcher.index.entries):,} passages: {middle * 1000:.1f} ms of CPU a question "
            f"(p99 {high * 1000:.1f}), the index is built in {built * 1000:.0f} ms"
        )


def _repeat(articles: Sequence[SourceArticle], times: int) -> list[SourceArticle]:
    """Repeat articles under other ids: every word is in as large a share of the passages."""
    return [
        replace(
            article,
            article_id=ArticleId(f"{article.article_id}/{number}"),
            passages=[
                replace(each, passage_id=PassageId(f"{each.passage_id}/{number}"))
                for each in article.passages
            ],
        )
        for number in range(times)
        for article in articles
    ]


@contextmanager
def _measured_memory(say: Say) -> Iterator[None]:
    """Print the memory of this process before and after."""
    before = _read_memory()
    yield
    gc.collect()
    say(f"memory: {before:.0f} MB before the first search, {_read_memory():.0f} MB now")


def _read_memory() -> float:
    for line in Path("/proc/self/status").read_text(encoding="ascii").splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1024
    return 0.0


def _count(asked: QuestionSet) -> str:
    passages = sum(len(each.passages) for each in asked.articles)
    answerable = sum(each.is_answerable for each in asked.questions)
    near = sum(each.note == "near" for each in asked.questions)
    return (
        f"{asked.name}: {len(asked.articles)} articles, {passages} passages, "
        f"{len(asked.questions)} questions ({len(asked.questions) - answerable} not answerable, "
        f"{near} of them near misses)"
    )
