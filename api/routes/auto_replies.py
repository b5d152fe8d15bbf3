"""Routes of auto-reply rules."""

from api.access.permissions import AccessRule
from api.auto_replies import rules
from api.errors.problems import Conflict, LengthRequired
from api.files import reply_files, upload_validation
from api.files.models import FileForm
from api.routing.route import Route

AUTO_REPLIES: tuple[Route, ...] = (
    Route("GET", "/auto-reply-rules", rules.list_rules, "List auto-reply rules"),
    Route(
        "POST",
        "/auto-reply-rules",
        rules.create,
        "Create an auto-reply rule",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("POST", "/auto-reply-rules/test", rules.test_rules, "Try auto-reply rules"),
    Route("GET", "/auto-reply-rules/{rule_id}", rules.show, "Show an auto-reply rule"),
    Route(
        "PATCH",
        "/auto-reply-rules/{rule_id}",
        rules.change,
        "Change an auto-reply rule",
        access=AccessRule.ADMIN,
    ),
    Route(
        "DELETE",
        "/auto-reply-rules/{rule_id}",
        rules.delete,
        "Delete an auto-reply rule",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route("GET", "/reply-files", reply_files.list_files, "List files of auto-replies"),
    Route(
        "POST",
        "/reply-files",
        reply_files.upload,
        "Upload a file for auto-replies",
        access=AccessRule.ADMIN,
        status=201,
        consumes=upload_validation.FORM_TYPE,
        form=FileForm,
        raises=(LengthRequired,),
    ),
    Route("GET", "/reply-files/{file_id}", reply_files.show, "Show a file of auto-replies"),
    Route(
        "DELETE",
        "/reply-files/{file_id}",
        reply_files.delete,
        "Delete a file of auto-replies",
        access=AccessRule.ADMIN,
        status=204,
        raises=(Conflict,),
    ),
)
