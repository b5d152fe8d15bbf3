from scripts.bench.ai.scenario import measure_answers


async def test_answers_are_measured_beside_the_model() -> None:
    figures = await measure_answers(sessions=4, answers=2, seconds=0.2)
    assert (figures.answers, figures.passed) == (8, 8)
    assert 1 <= figures.at_once <= 4
    assert 0 < figures.median <= figures.p99
    assert figures.cpu > 0
