"""Find code that bypasses the seam of staff places: docs/adr/0025-staff-places.md."""

import ast
import re
from collections.abc import Iterator

_TABLE, _ADDRESS, _ITEM = "the table of staff places", "the address of a topic", "an outbox item"
# The only modules that read and write that table, build the address of a topic, and build outbox
# items; the one to use comes first. The chaos test looks at the table from outside, as tests do.
_MODULES = {
    _TABLE: (
        "db/queries/conversations/staff_places.py",
        "db/tables/",
        "alembic/",
        "scripts/chaos/evidence.py",
        "tests/",
    ),
    _ADDRESS: ("desk/delivery/addresses.py", "tests/"),
    _ITEM: ("desk/outbox_items.py", "desk/linking/qr_message.py", "db/queues/", "tests/"),
}
_TABLE_NAME = re.compile(
    r"^staff_places$|\b(?:FROM|JOIN|INTO|UPDATE)\s+staff_places\b", re.IGNORECASE
)


def find_place_detours(path: str, tree: ast.Module) -> Iterator[tuple[int, str]]:
    """List what a module does that only the seam of staff places may do."""
    for number, what in _find_uses(tree):
        if not path.startswith(_MODULES[what]):
            yield number, f"{what} outside {_MODULES[what][0]}"


def _find_uses(tree: ast.Module) -> Iterator[tuple[int, str]]:
    for node in ast.walk(tree):
        match node:
            case ast.Name(id="StaffPlace") | ast.Attribute(attr="StaffPlace"):
                yield node.lineno, _TABLE
            case ast.alias(name="StaffPlace"):
                yield node.lineno, _TABLE
            case ast.Constant(value=str(text)) if _TABLE_NAME.search(text):
                yield node.lineno, _TABLE
            case ast.Call(func=ast.Name(id="Destination"), args=args, keywords=keywords):
                if len(args) > 1 or any(each.arg == "topic" for each in keywords):
                    yield node.lineno, _ADDRESS
            case ast.Call(func=ast.Name(id="OutboxItem")):
                yield node.lineno, _ITEM
