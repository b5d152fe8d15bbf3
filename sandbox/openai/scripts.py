"""Answers that tests order in advance, instead of those that the stand-in thinks of."""

import re
from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json, encode


@dataclass(slots=True)
class Script:
    """One ordered answer: for prompts whose last message contains `when`, `times` times."""

    # A text as it is, or an object that is sent as JSON.
    answer: str | Json
    when: str = ""
    # "last": the customer's last message; "any": anywhere in the prompt.
    where: str = "last"
    times: int = 1
    # The tokens that the answer claims to have taken, if not counted.
    tokens_in: int | None = None
    tokens_out: int | None = None
    # A regular expression: its last match in the last message, otherwise in the whole prompt (which
    # ends with something else when an answer has to be repaired), stands for {echo} in the answer.
    echo: str = ""

    def say(self, last: str, whole: str) -> str:
        """Return the answer to a prompt."""
        text = self.answer if isinstance(self.answer, str) else encode(self.answer)
        found = self.echo and (re.findall(self.echo, last) or re.findall(self.echo, whole))
        return text.replace("{echo}", found[-1]) if found else text


@dataclass(slots=True)
class Scripts:
    """The ordered answers, oldest first."""

    waiting: list[Script] = field(default_factory=list)

    def order(self, body: Json) -> None:
        """Add an answer as the control API describes it; `times` 0: for all such prompts."""
        answer = body["answer"]
        if not isinstance(answer, str | dict):
            raise TypeError("answer is a text or an object")
        self.waiting.append(
            Script(
                answer,
                str(body.get("when", "")),
                str(body.get("where", "last")),
                int(body.get("times", 1)),
                body.get("tokens_in"),
                body.get("tokens_out"),
                str(body.get("echo", "")),
            )
        )

    def take(self, last: str, whole: str) -> Script | None:
        """Return the oldest answer that fits a prompt, and count one use."""
        for script in self.waiting:
            text = whole if script.where == "any" else last
            if script.when.lower() in text.lower():
                script.times -= 1
                if script.times == 0:
                    self.waiting.remove(script)
                return script
        return None
