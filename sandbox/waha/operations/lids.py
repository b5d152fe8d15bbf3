"""Operations on hidden ids (lids) and their phones."""

from sandbox.common.json_shapes import Json
from sandbox.waha.model.errors import refusal
from sandbox.waha.model.records import WORKING, Person
from sandbox.waha.operations.call import Call

LIMIT = 100


def _pair(person: Person) -> Json:
    return {"lid": f"{person.lid}@lid", "pn": f"{person.phone}@c.us"}


def list_lids(call: Call) -> list[Json]:
    """Return the known pairs of hidden id and phone."""
    call.in_status(WORKING)
    try:
        first, many = int(call.query.get("offset", 0)), int(call.query.get("limit", LIMIT))
    except ValueError:
        raise refusal(400, ["limit and offset must be numbers"]) from None
    return [_pair(one) for one in list(call.world.people.values())[first : first + many]]


def count_lids(call: Call) -> Json:
    """Return the number of known pairs."""
    call.in_status(WORKING)
    return {"count": len(call.world.people)}


def show_phone(call: Call) -> Json:
    """Return the phone of a hidden id; null if it is not known."""
    call.in_status(WORKING)
    lid = call.path["lid"].partition("@")[0]
    person = call.world.lids.get(lid)
    return _pair(person) if person else {"lid": f"{lid}@lid", "pn": None}


def show_lid(call: Call) -> Json:
    """Return the hidden id of a phone; null if it is not known."""
    call.in_status(WORKING)
    digits = call.path["phoneNumber"].partition("@")[0].removeprefix("+")
    person = call.world.people.get(digits)
    return _pair(person) if person else {"lid": None, "pn": f"{digits}@c.us"}
