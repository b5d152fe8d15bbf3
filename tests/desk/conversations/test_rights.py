"""The right to change a session, whoever asks and wherever."""

import pytest

from db.ids import AgentId, UserId
from db.tables import Role
from desk.actors import (
    SYSTEM,
    Actor,
    AgentActor,
    ai_agent,
    anonymous_admin,
    customer,
    human,
    human_agent,
    rule,
)
from desk.conversations.rights import may_change


def agent(name: str, role: Role = Role.CS) -> AgentActor:
    return human_agent(name, AgentId(name), UserId(name), role)


MIA = agent("Mia")
ALL = (agent("Ada", Role.ADMIN), anonymous_admin("Staff", "-1001"), rule("idle"), SYSTEM)
NOBODY = (customer("Ann"), human("Sam"))


@pytest.mark.parametrize("is_open", [True, False])
@pytest.mark.parametrize("holder", [None, MIA.agent_id, AgentId("Tom")])
def test_some_may_change_every_session_and_some_none(holder: AgentId | None, is_open: bool) -> None:
    def changing(actors: tuple[Actor, ...]) -> set[bool]:
        return {may_change(each, holder=holder, is_open=is_open) for each in actors}

    assert changing(ALL) == {True}
    assert changing(NOBODY) == {False}


@pytest.mark.parametrize("actor", [MIA, ai_agent(MIA.agent_id, "Osmo")])
def test_an_agent_may_change_what_they_hold_or_what_waits(actor: AgentActor) -> None:
    for is_open in (True, False):
        assert may_change(actor, holder=MIA.agent_id, is_open=is_open)
        assert not may_change(actor, holder=AgentId("Tom"), is_open=is_open)
        assert may_change(actor, holder=None, is_open=is_open) == is_open
