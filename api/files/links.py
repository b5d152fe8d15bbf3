"""Short-lived links to files, for pictures and videos in a page, and for downloads."""

from enum import StrEnum
from typing import Annotated

from aiohttp import web
from pydantic import Field

from api.access.authenticator import load_caller
from api.access.caller import Caller
from api.access.permissions import AccessRule, check_access, visibility_scope
from api.access.signed_links import TELEGRAM_ORIGIN
from api.errors.problems import Conflict, NotFound, Unauthorized
from api.files.download import find_file, open_file, to_problem
from api.routing.route import PREFIX
from api.routing.transactions import Transactions
from api.schemas.base import QueryModel, RequestBody, ResponseModel, Ulid
from db.ids import MessageId
from db.queries.messages.files import list_visible_files
from db.tables.base import now_utc
from desk.accounts.access_tokens import Claims
from desk.accounts.file_links import KEY_PATTERN, BadLinkError, FileLinks
from desk.media.converter import ConversionError
from desk.media.errors import MediaError
from desk.media.message_files import MessageFiles
from desk.media.thumbnails import Thumbnails
from desk.unit_of_work import UnitOfWork

MAX_LINKS = 100


class LinkTarget(StrEnum):
    """What a link leads to."""

    FILE = "file"
    DOWNLOAD = "download"
    THUMBNAIL = "thumbnail"


class LinkQuery(QueryModel):
    """The signed part of a link."""

    what: LinkTarget
    key: Annotated[str, Field(pattern=KEY_PATTERN)]


class FileLinkRequest(RequestBody):
    """The messages whose files are to be shown."""

    message_ids: Annotated[list[Ulid], Field(min_length=1, max_length=MAX_LINKS)]


class FileLink(ResponseModel):
    """The links to the file of one message; they need no access token."""

    message_id: Ulid
    url: str = Field(description="the file, shown in the page if its type is safe")
    download_url: str = Field(description="the same as an attachment")
    thumbnail_url: str | None = Field(
        description="a JPEG of at most 480 pixels; null: there is none for this type"
    )


class FileLinkList(ResponseModel):
    """Links in the order of the request, without messages that have no file or are hidden."""

    items: list[FileLink]


async def create_links(
    uow: UnitOfWork,
    caller: Caller,
    body: FileLinkRequest,
    links: FileLinks,
    thumbnails: Thumbnails,
) -> FileLinkList:
    """Create links to the files of messages, for pages that show them.

    A link is valid for 15 to 30 minutes, and only as long as this log-in. It shows what this
    log-in may see when it is opened.
    """
    wanted = list(dict.fromkeys(MessageId(each) for each in body.message_ids))
    types = await list_visible_files(uow.tx, wanted, viewer=visibility_scope(caller))
    claims = Claims(caller.user_id, caller.log_in, caller.version)

    def link(message_id: MessageId, what: LinkTarget) -> str:
        key, _ = links.sign(message_id, what, claims, uow.now)
        return f"{PREFIX}/files/{message_id}?what={what}&key={key}"

    return FileLinkList(
        items=[
            FileLink(
                message_id=each,
                url=link(each, LinkTarget.FILE),
                download_url=link(each, LinkTarget.DOWNLOAD),
                thumbnail_url=link(each, LinkTarget.THUMBNAIL)
                if thumbnails.can_have(types[each])
                else None,
            )
            for each in wanted
            if each in types
        ]
    )


async def open_link(
    request: web.Request,
    transactions: Transactions,
    message_id: MessageId,
    query: LinkQuery,
    links: FileLinks,
    files: MessageFiles,
    thumbnails: Thumbnails,
) -> web.StreamResponse:
    """Open a link: send the file, or a part of it, or its preview.

    A link that has expired or was changed is refused, and one whose log-in has ended.
    """
    try:
        claims = links.verify(query.key, message_id, query.what, now_utc())
    except BadLinkError:
        raise _to_expired() from None

    async def find(uow: UnitOfWork) -> Caller:
        caller = await load_caller(uow, claims)
        check_access(AccessRule.LOGGED_IN, caller)
        return caller

    try:
        caller = await transactions.run(find)
    except Unauthorized:
        raise _to_expired() from None
    row, via = await transactions.run(lambda uow: find_file(uow, caller, message_id))
    if query.what is not LinkTarget.THUMBNAIL:
        return await open_file(
            request,
            files,
            row,
            via,
            as_attachment=query.what is LinkTarget.DOWNLOAD,
            allowed_origin=TELEGRAM_ORIGIN if query.what is LinkTarget.DOWNLOAD else None,
        )
    assert row.file is not None  # noqa: S101 looked at in `find_file`
    try:
        path = await thumbnails.path(message_id, row.file, via)
    except ConversionError:
        raise Conflict("this file has no preview: show the file itself") from None
    except MediaError as error:
        raise to_problem(error) from None
    return web.FileResponse(
        path, headers={"Content-Type": "image/jpeg", "Cache-Control": "private, max-age=900"}
    )


def _to_expired() -> NotFound:
    return NotFound("this link is not valid, or no longer: ask for a new one at /file-links")
