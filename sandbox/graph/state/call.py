"""One call of the Graph API, read and authorised."""

from dataclasses import dataclass, field

from sandbox.common.json_shapes import Json
from sandbox.common.upload import Upload
from sandbox.graph.model.records import Token
from sandbox.graph.state.world import World


@dataclass(slots=True)
class Call:
    """A call; `origin` is the address that the caller used, `path` is without the version."""

    world: World
    verb: str
    path: str
    node: str
    edge: str
    origin: str
    query: dict[str, str]
    body: Json
    upload: Upload | None = None
    token: Token = field(default_factory=lambda: Token("", set()))
    # The handler's name for faults and the log.
    name: str = ""
