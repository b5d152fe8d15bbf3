"""The holders of sessions, read from the database."""

from tests.flows.customers import Customer
from tests.flows.staff import Person
from tests.flows.stage import Stage


async def holder(stage: Stage, customer: Customer) -> str | None:
    """Return the name of the holder of the customer's open session."""
    rows = await stage.rows(
        "SELECT a.name FROM sessions s JOIN conversations v ON v.id = s.conversation_id"
        " JOIN contacts c ON c.id = v.contact_id LEFT JOIN agents a ON a.id = s.cs_id"
        " WHERE c.external_id = :address AND s.status = 'ACTIVE'",
        address=customer.address,
    )
    return rows[0]["name"] if rows else None


async def active(stage: Stage, agent: Person) -> int:
    """Return the stored count of an agent's open sessions."""
    [row] = await stage.rows(
        "SELECT active_sessions AS n FROM agents WHERE id = :id", id=agent.agent_id
    )
    return int(row["n"])
