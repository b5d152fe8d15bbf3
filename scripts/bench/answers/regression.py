"""Two small regressions in plain Python: they run offline, on some hundred rows."""

import math
from collections.abc import Collection, Sequence

Vector = Sequence[float]
_TINY = 1e-8
_NEWTON_STEPS = 8


def fit_logistic(rows: Sequence[Vector], targets: Sequence[bool], *, penalty: float) -> list[float]:
    """Return the bias and the weights of a logistic regression, by Newton's method.

    `penalty`: on the squared weights of standardised features.
    """
    size = len(rows[0])
    means = [sum(row[at] for row in rows) / len(rows) for at in range(size)]
    spreads = [
        max(1e-6, math.sqrt(sum((row[at] - means[at]) ** 2 for row in rows) / len(rows)))
        for at in range(size)
    ]
    scaled = [[1.0, *((row[at] - means[at]) / spreads[at] for at in range(size))] for row in rows]
    weights = [0.0] * (size + 1)
    for _ in range(_NEWTON_STEPS):
        gradient, curvature = _differentiate(scaled, targets, weights, penalty)
        step = _solve(curvature, gradient)
        weights = [weight - each for weight, each in zip(weights, step, strict=True)]
    plain = [weight / spread for weight, spread in zip(weights[1:], spreads, strict=True)]
    bias = weights[0] - sum(w * mean for w, mean in zip(plain, means, strict=True))
    return [bias, *plain]


def _differentiate(
    rows: Sequence[Vector], targets: Sequence[bool], weights: Vector, penalty: float
) -> tuple[list[float], list[list[float]]]:
    size = len(weights)
    gradient = [0.0, *(penalty * weight for weight in weights[1:])]
    curvature = [[0.0] * size for _ in range(size)]
    for row, target in zip(rows, targets, strict=True):
        guess = 1 / (1 + math.exp(-max(-50.0, min(50.0, _dot(weights, row)))))
        for one in range(size):
            gradient[one] += (guess - target) * row[one]
            for two in range(one + 1):
                curvature[one][two] += guess * (1 - guess) * row[one] * row[two]
    for one in range(size):
        curvature[one][one] += penalty if one else _TINY
        for two in range(one):
            curvature[two][one] = curvature[one][two]
    return gradient, curvature


def fit_choice(
    choices: Sequence[tuple[Sequence[Vector], Collection[int]]], *, penalty: float, steps: int = 8
) -> list[float]:
    """Return weights whose highest score is a right one of each choice, by conditional logit.

    A choice: the features of each candidate, and the numbers of the right ones. The steps are
    Newton's, with the curvature of the candidates alone: it is the larger one, so none is too long.
    """
    size = len(choices[0][0][0])
    weights = [1.0] * size
    for _ in range(steps):
        gradient = [penalty * weight for weight in weights]
        curvature = [[penalty if one == two else 0.0 for two in range(size)] for one in range(size)]
        for rows, right in choices:
            _add_choice(gradient, curvature, rows, right, weights)
        step = _solve(curvature, gradient)
        weights = [weight - each for weight, each in zip(weights, step, strict=True)]
    return weights


def _add_choice(
    gradient: list[float],
    curvature: list[list[float]],
    rows: Sequence[Vector],
    right: Collection[int],
    weights: Vector,
) -> None:
    scores = [_dot(weights, row) for row in rows]
    top = max(scores)
    odds = [math.exp(each - top) for each in scores]
    total = sum(odds)
    of_right = sum(odds[at] for at in right) / total
    shares = [each / total for each in odds]
    means = [
        sum(s * row[at] for s, row in zip(shares, rows, strict=True)) for at in range(len(weights))
    ]
    for at, row in enumerate(rows):
        error = shares[at] - (shares[at] / of_right if at in right else 0.0)
        offsets = [value - mean for value, mean in zip(row, means, strict=True)]
        for one, offset in enumerate(offsets):
            gradient[one] += error * row[one]
            weight = shares[at] * offset
            line = curvature[one]
            for two, other in enumerate(offsets):
                line[two] += weight * other


def _dot(one: Vector, two: Vector) -> float:
    return sum(a * b for a, b in zip(one, two, strict=True))


def _solve(matrix: Sequence[Sequence[float]], vector: Vector) -> list[float]:
    """Solve linear equations by elimination."""
    size = len(vector)
    rows = [[*row, value] for row, value in zip(matrix, vector, strict=True)]
    for at in range(size):
        pivot = max(range(at, size), key=lambda each: abs(rows[each][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for below in range(at + 1, size):
            factor = rows[below][at] / rows[at][at]
            for column in range(at, size + 1):
                rows[below][column] -= factor * rows[at][column]
    solution = [0.0] * size
    for at in reversed(range(size)):
        rest = sum(rows[at][column] * solution[column] for column in range(at + 1, size))
        solution[at] = (rows[at][size] - rest) / rows[at][at]
    return solution
