"""Tests of the search for other clients' names, on both engines."""

from sqlalchemy import insert

from db.database import Database
from db.dialect import get_table
from db.ids import ClientId, new_id
from db.tables import Client
from desk.ai.guardrails.evidence import Evidence
from desk.ai.guardrails.other_clients import find_other_names, list_candidates

EVIDENCE = Evidence(sources={"P1": "Write to Dewi Lestari, who leads the shop."})
TEXT = (
    "Hello Budi Santoso, as Siti Rahmawati and Dewi Lestari said: ask Agus. "
    "It is 'Maria  de\nJesus' who knows."
)


async def test_other_clients_are_found_by_their_full_names(database: Database) -> None:
    own = ClientId(new_id())
    names = {own: "Budi Santoso"}
    for name in ("Siti Rahmawati", "Dewi Lestari", "Agus", "Hello Budi"):
        names[ClientId(new_id())] = name
    async with database.transaction() as tx:
        rows = [{"id": each, "name": name} for each, name in names.items()]
        await tx.execute(insert(get_table(Client)), rows)
        found = await find_other_names(tx, list_candidates(TEXT, EVIDENCE), own)
        assert found == ["Hello Budi", "Siti Rahmawati"]
        assert await find_other_names(tx, list_candidates("no names here", EVIDENCE), own) == []


def test_candidates_are_capitalised_neighbours() -> None:
    found = list_candidates(TEXT, EVIDENCE)
    assert "Siti Rahmawati" in found
    assert "Dewi Lestari" not in found
    assert "Agus" not in found
    assert len(list_candidates("Aa Bb Cc Dd " * 1000, EVIDENCE)) <= 100
