"""Actors: what stands in their name."""

import pytest

from db.ids import AgentId, UserId, new_id
from db.queries.accounts.accounts import BoundAgent
from db.tables import Role, SenderType
from desk.actors import (
    SYSTEM,
    Actor,
    ActorKind,
    AgentActor,
    ai_agent,
    anonymous_admin,
    customer,
    human,
    rule,
    to_actor,
)


@pytest.mark.parametrize(
    ("actor", "sender"),
    [
        (customer("Ann"), SenderType.CLIENT),
        (human("Mia"), SenderType.CS),
        (anonymous_admin("Staff", "-1001"), SenderType.CS),
        (ai_agent(AgentId(new_id()), "Osmo"), SenderType.AI),
        (rule("after hours"), SenderType.SYSTEM),
        (SYSTEM, SenderType.SYSTEM),
    ],
    ids=lambda value: value.name,
)
def test_each_kind_of_actor_has_its_sender_type(actor: Actor, sender: SenderType) -> None:
    assert actor.sender_type is sender


def test_every_kind_of_actor_has_a_sender_type() -> None:
    assert {kind.sender_type for kind in ActorKind} == set(SenderType)


def test_only_agents_can_hold_sessions() -> None:
    mia = to_actor(BoundAgent(UserId("u"), AgentId("a"), "Mia", Role.ADMIN, "7"))
    assert mia == AgentActor(ActorKind.HUMAN, "Mia", AgentId("a"), UserId("u"), Role.ADMIN)
    assert mia.is_admin
    assert isinstance(ai_agent(AgentId("b"), "Osmo"), AgentActor)
    for other in (customer("Ann"), human("Mia"), anonymous_admin("Staff", "-1"), SYSTEM):
        assert not isinstance(other, AgentActor)
        assert not other.is_admin
