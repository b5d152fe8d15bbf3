"""Handle `/tag`: show a session's tags, add some, take some away."""

from collections.abc import Sequence

from bot.commands.call import Answer, Call, build_button
from db.ids import SessionId, TagId
from db.queries.tags import CountedTag, TagRow, find_counted_tag, list_tags
from desk.conversations.tags import InvalidTagError, TagFault, change_tags, clean_tag_name
from desk.conversations.tags import list_tags as list_session_tags

_MAX_OFFERED = 8
_FAULTS = {
    TagFault.EMPTY: "tag_empty",
    TagFault.TOO_LONG: "tag_too_long",
    TagFault.COMMA: "tag_comma",
    TagFault.CONTROL: "tag_control",
    TagFault.TOO_MANY: "tag_too_many",
    TagFault.DESK_IS_FULL: "tag_desk_is_full",
}
# Before the id of a tag, in a button: a tag's name may be longer than a button's data.
_BY_ID = "id="


async def tag(call: Call) -> Answer:
    """Change the tags of the open session: `/tag refund, VIP, -late`; alone it offers them."""
    if refusal := call.refuse_others():
        return refusal
    session_id = call.thread.session_id
    assert session_id is not None  # noqa: S101 refused above
    if not call.argument:
        return await _offer(call, await list_session_tags(call.uow, session_id))
    try:
        tags = await _change(call, session_id)
    except InvalidTagError as error:
        key = f"command.{_FAULTS[error.fault]}"
        return call.refuse(key, **{"number": 0, "length": 0, "most": 0, **error.values})
    if tags is None:
        return call.refuse("button.out_of_date")
    return await _offer(call, tags)


async def _change(call: Call, session_id: SessionId) -> Sequence[TagRow] | None:
    add: list[str] = []
    remove: list[str] = []
    for each in filter(None, map(str.strip, call.argument.split(","))):
        name = each.removeprefix("-").strip()
        if name.startswith(_BY_ID):
            found = await find_counted_tag(call.uow.tx, TagId(name.removeprefix(_BY_ID)))
            if found is None:
                return None
            name = found.name
        (remove if each.startswith("-") else add).append(name)
    for each in remove:
        clean_tag_name(each)
    return await change_tags(call.uow, session_id, add=add, remove=remove, by=call.by)


async def _offer(call: Call, tags: Sequence[TagRow]) -> Answer:
    """Show the session's tags, with buttons to remove them and to add the most used others."""
    has = {each.id for each in tags}
    others = sorted(
        (each for each in await list_tags(call.uow.tx) if each.id not in has), key=_get_rank
    )
    buttons = (
        [
            [build_button(f"✕ {each.name}", "tag", f"-{_BY_ID}{each.id}")]
            for each in tags[:_MAX_OFFERED]
        ]
        + [
            [build_button(f"＋ {each.name}", "tag", f"{_BY_ID}{each.id}")]  # noqa: RUF001 a button's sign
            for each in others[: _MAX_OFFERED - len(tags)]
        ]
    )
    if not tags:
        return Answer(call.say("command.tags_none"), buttons)
    names = ", ".join(f"#{each.name}" for each in tags)
    return Answer(call.say("command.tags", tags=names), buttons)


def _get_rank(tag: CountedTag) -> tuple[int, str]:
    return -tag.sessions, tag.name.casefold()
