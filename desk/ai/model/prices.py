"""What calls of a model cost, from the prices that the operator set. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from desk.ai.model.ports import Usage

_MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Price:
    """The price of a million tokens, in the operator's currency."""

    tokens_in: float
    tokens_out: float


@dataclass(frozen=True, slots=True)
class ModelPrices:
    """The prices of models by their names; a model without a price costs nothing."""

    by_model: Mapping[str, Price] = field(default_factory=dict)

    def calculate(self, usage: Usage, *models: str) -> float:
        """Return what tokens cost, by the price of the first of these names that has one."""
        price = next((self.by_model[each] for each in models if each in self.by_model), None)
        if price is None:
            return 0.0
        cost = usage.tokens_in * price.tokens_in + usage.tokens_out * price.tokens_out
        return cost / _MILLION
