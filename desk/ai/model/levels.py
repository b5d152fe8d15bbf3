"""The models of an installation: one for each level of AI agents. Pure."""

from dataclasses import dataclass

from db.tables import AgentLevel


@dataclass(frozen=True, slots=True)
class ModelNames:
    """The names of the server's models; a level without its own has the intermediate one."""

    intermediate: str
    basic: str | None = None
    advanced: str | None = None

    def choose(self, level: AgentLevel | None, named: str | None = None) -> str:
        """Return the model that an agent's configuration names, or that of its level."""
        if named:
            return named
        levels = {AgentLevel.BASIC: self.basic, AgentLevel.ADVANCED: self.advanced}
        return (levels.get(level) if level else None) or self.intermediate

    def list_names(self) -> list[str]:
        """Return each name once."""
        names = (self.basic, self.intermediate, self.advanced)
        return list(dict.fromkeys(name for name in names if name))
