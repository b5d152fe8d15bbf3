"""What a model of a server can take, learned from its refusals. Pure."""

from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from enum import StrEnum

from desk.ai.model.ports import AnswerForm
from desk.ai.model.server_failure import ServerFailure

# A server that was upgraded may be able to do more: what it could not do is tried again.
RELEARN_AFTER = timedelta(hours=1)
_BAD_REQUEST = frozenset({400, 415, 422})
# llama-cpp-python answers 500, not 400, to a form that it does not know.
_MAYBE_FORM = frozenset({500, 501})
_NEXT_FORMS = {
    AnswerForm.JSON_SCHEMA: AnswerForm.JSON_OBJECT,
    AnswerForm.JSON_OBJECT: AnswerForm.TEXT,
}
_FORM_WORDS = ("response_format", "json_schema", "json_object", "schema", "grammar", "guided")
_IMAGE_WORDS = ("image", "vision", "multimodal", "multi-modal", "content type", "content part")


class MaxTokensField(StrEnum):
    """The field in which a model takes the most tokens of an answer."""

    OLD = "max_tokens"
    NEW = "max_completion_tokens"
    NONE = ""


@dataclass(frozen=True, slots=True)
class Abilities:
    """What requests to a model may have; the defaults are tried first."""

    form: AnswerForm = AnswerForm.JSON_SCHEMA
    takes_temperature: bool = True
    max_tokens_field: MaxTokensField = MaxTokensField.OLD
    sees_images: bool = True
    # A request with this form was answered: a 500 from now on is the server's trouble.
    is_form_proven: bool = False


def reduce_abilities(
    abilities: Abilities, failure: ServerFailure, *, is_structured: bool, has_images: bool
) -> Abilities | None:
    """Return what to try after a refusal; None: the refusal is not about an ability."""
    if failure.status not in _BAD_REQUEST | _MAYBE_FORM:
        return None
    about = f"{failure.param} {failure.code} {failure.message}".lower()
    if failure.status in _BAD_REQUEST:
        if "max_tokens" in about and abilities.max_tokens_field is MaxTokensField.OLD:
            return replace(abilities, max_tokens_field=MaxTokensField.NEW)
        if "max_completion_tokens" in about and abilities.max_tokens_field:
            return replace(abilities, max_tokens_field=MaxTokensField.NONE)
        if "temperature" in about and abilities.takes_temperature:
            return replace(abilities, takes_temperature=False)
        if has_images and abilities.sees_images and any(word in about for word in _IMAGE_WORDS):
            return replace(abilities, sees_images=False)
    return _reduce_form(abilities, failure, about) if is_structured else None


def _reduce_form(abilities: Abilities, failure: ServerFailure, about: str) -> Abilities | None:
    lower = _NEXT_FORMS.get(abilities.form)
    if lower is None:
        return None
    is_about_form = any(word in about for word in _FORM_WORDS)
    is_trouble = failure.status in _MAYBE_FORM and abilities.is_form_proven
    if is_trouble or (failure.status in _BAD_REQUEST and not is_about_form):
        return None
    return replace(abilities, form=lower, is_form_proven=False)


@dataclass(slots=True)
class LearnedAbilities:
    """What each model of one server can take, as far as it was learned."""

    _known: dict[str, tuple[Abilities, datetime]] = field(default_factory=dict)

    def find(self, model: str, now: datetime) -> Abilities:
        """Return what is known of a model, or the defaults."""
        known, since = self._known.get(model, (Abilities(), now))
        if known.form is not AnswerForm.JSON_SCHEMA and now - since >= RELEARN_AFTER:
            return Abilities()
        return known

    def learn(self, model: str, abilities: Abilities, now: datetime, *, form_used: bool) -> None:
        """Remember with which abilities a request was answered."""
        known, since = self._known.get(model, (None, now))
        proven = replace(abilities, is_form_proven=abilities.is_form_proven or form_used)
        if known is None or replace(known, is_form_proven=proven.is_form_proven) != proven:
            since = now
        self._known[model] = proven, since
