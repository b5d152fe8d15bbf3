"""How sure an answer of a model is: from the search, the checked quotes and the model itself."""

from desk.ai.model.ports import AnswerAction

# Shares of the three inputs. The quotes count most: they were checked word by word. A search may
# be unsure of a question that the model understands.
_SEARCH, _QUOTES, _MODEL = 0.25, 0.5, 0.25
# Below this a human answers, unless an agent's configuration says another number.
DEFAULT_THRESHOLD = 0.5


def estimate_confidence(search: float, support: float, model: float) -> float:
    """Return the confidence in an answer, from 0 to 1.

    `search` is the calibrated confidence of the search, `support` the share of the citations that
    are true, `model` what the model says of itself.
    """
    parts = ((_SEARCH, search), (_QUOTES, support), (_MODEL, model))
    return sum(share * min(1.0, max(0.0, value)) for share, value in parts)


def is_sure_enough(action: AnswerAction, confidence: float, threshold: float | None) -> bool:
    """Check whether an answer may be sent; a question to the customer claims nothing."""
    if action is not AnswerAction.ANSWER:
        return True
    return confidence >= (DEFAULT_THRESHOLD if threshold is None else threshold)
