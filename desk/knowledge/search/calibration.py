"""The fitted weights, as data: `scripts/bench/answers/fit.py` writes the file."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

_FILE = files("desk.knowledge") / "data" / "calibration.json"


@dataclass(frozen=True, slots=True)
class Estimator:
    """A logistic regression, and the probability from which to answer outright."""

    bias: float
    weights: Mapping[str, float]
    threshold: float = 1.0

    def estimate(self, features: Mapping[str, float]) -> float:
        """Return a probability."""
        z = self.bias + sum(weight * features[name] for name, weight in self.weights.items())
        return 1 / (1 + math.exp(-max(-50.0, min(50.0, z))))

    def to_json(self) -> dict[str, Any]:
        weights = {name: round(weight, 4) for name, weight in self.weights.items()}
        return {"bias": round(self.bias, 4), "weights": weights, "threshold": self.threshold}


@dataclass(frozen=True, slots=True)
class Model:
    """Weights for articles with typical questions, or for articles without."""

    rank: Mapping[str, float]
    # Whether the first article answers, and whether the first passage does.
    article: Estimator
    passage: Estimator

    def to_json(self) -> dict[str, Any]:
        rank = {name: round(weight, 4) for name, weight in self.rank.items()}
        return {"rank": rank, "article": self.article.to_json(), "passage": self.passage.to_json()}


@dataclass(frozen=True, slots=True)
class Calibration:
    """Both models."""

    with_questions: Model
    without_questions: Model

    def choose(self, *, has_questions: bool) -> Model:
        return self.with_questions if has_questions else self.without_questions

    def to_json(self) -> dict[str, Any]:
        return {
            "with_questions": self.with_questions.to_json(),
            "without_questions": self.without_questions.to_json(),
        }


@cache
def load_calibration() -> Calibration:
    """Load the weights that are shipped."""
    return parse_calibration(json.loads(_FILE.read_text(encoding="utf-8")))


def parse_calibration(data: Mapping[str, Any]) -> Calibration:
    """Return the weights that `to_json` wrote."""
    return Calibration(
        _parse_model(data["with_questions"]), _parse_model(data["without_questions"])
    )


def _parse_model(data: Mapping[str, Any]) -> Model:
    return Model(data["rank"], Estimator(**data["article"]), Estimator(**data["passage"]))
