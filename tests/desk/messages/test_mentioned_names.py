"""Which colleagues a note names with `@`."""

from dataclasses import dataclass

import pytest

from db.ids import AgentId
from desk.messages.mentioned_names import MAX_MENTIONED, find_mentioned


@dataclass(frozen=True)
class Known:
    """A colleague; the id is the name."""

    name: str
    telegram_id: str | None = None

    @property
    def agent_id(self) -> AgentId:
        return AgentId(self.name)


TEAM = [
    Known("Mia", "7"),
    Known("Mia Santoso"),
    Known("Tom Baker"),
    Known("Siti Rahma"),
    Known("Siti Aminah"),
    Known("Straße"),
    Known("O'Neil"),
]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("@Mia please", ["Mia"]),
        ("// @mia santoso, look", ["Mia Santoso"]),
        ("@MIA SANTOSO and (@Mia)", ["Mia Santoso", "Mia"]),
        ("@Tom", ["Tom Baker"]),
        ("@tom baker.", ["Tom Baker"]),
        ("@Siti", []),
        ("@Siti Aminah", ["Siti Aminah"]),
        ("@Miami @Tomorrow @Nobody @ @@", []),
        ("mail mia@mia.example or x.@Mia", []),
        ("@Mia @Mia", ["Mia"]),
        ("@strasse @Straße!", ["Straße"]),
        ("ask @o'neil's", ["O'Neil"]),
        ("@Mia's order", ["Mia"]),
        ("", []),
    ],
)
def test_names_are_found(text: str, named: list[str]) -> None:
    assert find_mentioned(text, None, TEAM) == named


def test_telegrams_own_mentions_count() -> None:
    one = {"type": "text_mention", "offset": 0, "length": 2, "user": {"id": 7}}
    other = {"type": "text_mention", "offset": 3, "length": 2, "user": {"id": 8}}
    bold = {"type": "bold", "offset": 0, "length": 2}
    assert find_mentioned("Mi and so", [bold, one, other], TEAM) == ["Mia"]
    assert find_mentioned("x", [bold], [Known("Nobody")]) == []


def test_no_note_tells_everybody() -> None:
    team = [Known(f"N{number}") for number in range(MAX_MENTIONED + 5)]
    text = " ".join(f"@{each.name}" for each in team)
    assert len(find_mentioned(text, None, team)) == MAX_MENTIONED
