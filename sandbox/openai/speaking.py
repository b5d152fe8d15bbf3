"""Chooses what the model says: an ordered answer, the stand-in's own, or a spoilt one."""

from sandbox.common.json_shapes import Json, encode
from sandbox.openai import faults
from sandbox.openai.completions import Completion, count_tokens
from sandbox.openai.faults import OpenAIFault
from sandbox.openai.prompt_reading import Prompt
from sandbox.openai.thinking import think, write
from sandbox.openai.tuning import TEXT
from sandbox.openai.world import World

_NONSENSE = "la la la 42 the moon is a spoon la la la"
_JSON_WORD = "json"


def speak(
    world: World, body: Json, prompt: Prompt, form: str, fault: OpenAIFault | None
) -> Completion:
    """Return what the model says to a prompt."""
    script = world.scripts.take(prompt.last, prompt.whole)
    if script is not None:
        text = script.say(prompt.last, prompt.whole)
    elif form == TEXT and _JSON_WORD not in prompt.whole.lower():
        text = write(prompt)
    else:
        text = encode(think(prompt))
    text = f"{world.tuning.before}{text}{world.tuning.after}"
    said = Completion(str(body["model"]), text, count_tokens(prompt.whole), count_tokens(text))
    if script is not None:
        said.tokens_in = said.tokens_in if script.tokens_in is None else script.tokens_in
        said.tokens_out = said.tokens_out if script.tokens_out is None else script.tokens_out
    if fault is not None:
        _spoil(said, fault)
    return said


def _spoil(said: Completion, fault: OpenAIFault) -> None:
    """Change what is said as a fault orders it."""
    if fault.kind == faults.BROKEN_JSON:
        said.text = said.text[: len(said.text) * 2 // 3]
    elif fault.kind == faults.NONSENSE:
        said.text = str(fault.order.get("answer", _NONSENSE))
    elif fault.kind == faults.EMPTY:
        said.text = ""
    elif fault.kind == faults.REFUSAL:
        said.refusal = str(fault.order.get("answer", "I'm sorry, I can't help with that."))
    elif fault.kind == faults.CONTENT_FILTER:
        said.text, said.finish_reason = "", "content_filter"
    elif fault.kind == faults.LENGTH:
        said.text, said.finish_reason = said.text[: len(said.text) // 2], "length"
