"""Vectors of passages: packed into bytes, and compared with a question; pure."""

import math
import random
from collections.abc import Sequence

import pytest

from desk.knowledge.search.vectors import PassageVectors, pack_vector

SIZE = 96


def draw(seed: int, near: Sequence[float] = (), share: float = 0.0) -> list[float]:
    """Draw a vector; a share of it is another one."""
    chance = random.Random(seed)  # noqa: S311 to be repeated, no secret
    # All vectors of a model have something in common.
    drawn = [chance.gauss(0.5, 1.0) for _ in range(SIZE)]
    return [share * n + (1 - share) * d for n, d in zip(near or drawn, drawn, strict=True)]


def test_the_nearest_is_found_among_many() -> None:
    stored = [(number // 2, pack_vector(draw(number))) for number in range(600)]
    vectors = PassageVectors(stored)
    for seed in range(20):
        question = draw(1_000 + seed, draw(seed * 29), share=0.7)
        near = vectors.compare(question, {299})
        best = max(near, key=lambda entry: near[entry])
        assert best == seed * 29 // 2
        assert near[best] > 3
        assert 299 in near
        strangers = [value for entry, value in near.items() if entry != best]
        assert max(strangers) < near[best]


def test_bytes_keep_the_direction() -> None:
    vector = draw(1)
    packed = pack_vector(vector)
    assert len(packed) == SIZE
    assert pack_vector([each * 1_000 for each in vector]) == packed
    again = PassageVectors([(0, packed), (1, pack_vector(draw(2)))]).compare(vector, ())
    assert again[0] > again[1]


@pytest.mark.parametrize(
    ("stored", "question"),
    [
        ([], draw(1)),
        ([(0, pack_vector([0.0] * SIZE))], draw(1)),
        ([(0, pack_vector(draw(1)))], draw(1)[:8]),
        ([(0, pack_vector(draw(1)))], [0.0] * SIZE),
        ([(0, b"")], []),
    ],
    ids=["none", "of no length", "other size", "question of no length", "empty"],
)
def test_what_cannot_be_compared_is_near_to_nothing(
    stored: list[tuple[int, bytes]], question: list[float]
) -> None:
    assert PassageVectors(stored).compare(question, {0}) == {}


def test_a_single_vector_and_a_vector_of_another_size() -> None:
    question = draw(1)
    vectors = PassageVectors([(0, pack_vector(question)), (1, pack_vector(draw(2)[:8]))])
    near = vectors.compare(question, {0, 1})
    assert set(near) == {0}
    assert math.isclose(near[0], 1.0, abs_tol=0.01)
