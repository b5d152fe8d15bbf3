"""Vectors of passages: which of them are near the vector of a question; pure.

A vector is stored as a signed byte for each dimension. A question is compared with the signs of all
of them first, which takes a microsecond for each, and then exactly with the nearest.
"""

import math
import statistics
from array import array
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from operator import mul

_BYTES = "b"
_LARGEST = 127
# Vectors that are compared exactly.
_MOST = 40
# Vectors from which the middle of all and the likeness of strangers are taken.
_SAMPLE = 256
_LEAST_SPREAD = 0.02
# Beyond so many spreads a vector is simply near.
_NEAREST = 6.0


def pack_vector(vector: Sequence[float]) -> bytes:
    """Return the bytes that are stored; a vector without a length becomes one of zeros."""
    largest = max(map(abs, vector), default=0.0) or 1.0
    return array(_BYTES, [round(each / largest * _LARGEST) for each in vector]).tobytes()


@dataclass(frozen=True, slots=True)
class _Vector:
    """A stored vector of a passage: of its text, or of one of its typical questions."""

    entry: int
    numbers: "array[int]"
    length: float
    signs: int


class PassageVectors:
    """The vectors of all passages, made by one model."""

    def __init__(self, stored: Iterable[tuple[int, bytes]]) -> None:
        """Unpack the vectors, each with the number of its passage."""
        unpacked = [(entry, array(_BYTES, vector)) for entry, vector in stored]
        self._size = len(unpacked[0][1]) if unpacked else 0
        measured = [
            (entry, numbers, _measure(numbers))
            for entry, numbers in unpacked
            if len(numbers) == self._size
        ]
        measured = [each for each in measured if each[2]]
        step = max(1, len(measured) // _SAMPLE)
        sample = [(numbers, length) for _, numbers, length in measured[::step]]
        self._middle = _find_middle(sample, self._size)
        self._strange, self._spread = _describe_strangers(sample)
        self._vectors = [
            _Vector(entry, numbers, length, self._read_signs(numbers, length))
            for entry, numbers, length in measured
        ]

    def compare(self, question: Sequence[float], wanted: Collection[int]) -> dict[int, float]:
        """Return how near the nearest passages and the wanted ones are to a question.

        0 is a stranger; the unit is how much strangers differ from each other.
        """
        length = _measure(question)
        if len(question) != self._size or not length:
            return {}
        signs = self._read_signs(question, length)
        ordered = sorted(self._vectors, key=lambda each: (each.signs ^ signs).bit_count())
        compared = ordered[:_MOST]
        seen = {each.entry for each in compared}
        for each in ordered[_MOST:]:
            if each.entry in wanted and each.entry not in seen:
                seen.add(each.entry)
                compared.append(each)
        near: dict[int, float] = {}
        for each in compared:
            likeness = sum(map(mul, question, each.numbers)) / (length * each.length)
            standard = (likeness - self._strange) / self._spread
            near[each.entry] = max(near.get(each.entry, -_NEAREST), min(standard, _NEAREST))
        return near

    def _read_signs(self, vector: Sequence[float], length: float) -> int:
        """Return a bit for each dimension: whether it is above the middle."""
        bits = (
            "1" if value > middle * length else "0"
            for value, middle in zip(vector, self._middle, strict=True)
        )
        return int("".join(bits) or "0", 2)


def _measure(vector: Sequence[float]) -> float:
    return math.sqrt(sum(map(mul, vector, vector)))


def _find_middle(sample: Sequence[tuple["array[int]", float]], size: int) -> list[float]:
    """Return the mean of vectors of length 1."""
    total = [0.0] * size
    for numbers, length in sample:
        total = [known + each / length for known, each in zip(total, numbers, strict=True)]
    return [each / max(1, len(sample)) for each in total]


def _describe_strangers(sample: Sequence[tuple["array[int]", float]]) -> tuple[float, float]:
    """Return how alike two texts are that have little to do with each other, and the spread."""
    others = [*sample[len(sample) // 2 :], *sample[: len(sample) // 2]]
    alike = [
        sum(map(mul, one, other)) / (length * of_other)
        for (one, length), (other, of_other) in zip(sample, others, strict=True)
        if one is not other
    ]
    if len(alike) < 2:  # noqa: PLR2004 a spread needs two
        return 0.0, 1.0
    return statistics.fmean(alike), max(_LEAST_SPREAD, statistics.stdev(alike))
