"""Routes for daily work: sessions, conversations, clients and messages."""

from api.access.permissions import AccessRule
from api.clients import clients, creation, erasure, export, merging, timeline
from api.conversations import lists as conversations
from api.errors.problems import (
    Conflict,
    FileTooLargeToFetch,
    LengthRequired,
    ProviderRefused,
    RangeNotSatisfiable,
    ReplyWindowClosed,
)
from api.events import presence
from api.files import download, download_links, links, upload, upload_validation
from api.files.models import FileForm
from api.jobs.models import JobOut
from api.mentions import mentions
from api.messages import lookup
from api.routing.route import JSON, Route
from api.sending import canned_actions, first_messages, message_actions, messages, typing
from api.sending import template_messages as templates
from api.sessions import actions, search
from api.sessions import lists as sessions
from api.tags import tags

CONVERSATIONS: tuple[Route, ...] = (
    # Sessions
    Route("GET", "/sessions", sessions.list_all, "List sessions"),
    Route("GET", "/sessions/{session_id}", sessions.show, "Show a session"),
    Route(
        "GET",
        "/sessions/{session_id}/messages",
        sessions.list_messages,
        "List a session's messages",
    ),
    Route(
        "POST",
        "/sessions/{session_id}/read",
        actions.mark_session_read,
        "Mark a session as read",
        status=204,
    ),
    Route(
        "POST",
        "/sessions/{session_id}/presence",
        presence.set_presence,
        "Show other agents what I do in a session",
    ),
    Route(
        "POST",
        "/sessions/{session_id}/claim",
        actions.claim,
        "Claim a waiting session",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/assign",
        actions.assign,
        "Assign a session to an agent",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/transfer",
        actions.transfer,
        "Transfer a session to another agent",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/end",
        actions.end,
        "End a session",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/reopen",
        actions.reopen,
        "Reopen a session",
        raises=(Conflict,),
    ),
    Route(
        "PATCH",
        "/sessions/{session_id}/tags",
        actions.change_session_tags,
        "Change a session's tags",
    ),
    Route(
        "PUT",
        "/sessions/{session_id}/priority",
        actions.change_priority,
        "Set a session's priority",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/snooze",
        actions.snooze_session,
        "Snooze a session",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/canned-reply",
        canned_actions.run_canned_reply,
        "Do the actions of a canned reply",
        raises=(Conflict,),
    ),
    Route("DELETE", "/sessions/{session_id}/snooze", actions.wake_session, "Wake a session"),
    Route("GET", "/search", search.search, "Search what was said"),
    # The queue of waiting sessions
    Route("GET", "/queue", sessions.list_queue, "List the queue"),
    Route(
        "POST",
        "/queue/next",
        actions.claim_next,
        "Claim the next waiting session",
        raises=(Conflict,),
    ),
    # Notes that name me
    Route("GET", "/mentions", mentions.list_mine, "List the notes that name me"),
    Route("GET", "/mentions/count", mentions.count_mine, "Count the notes that name me"),
    Route(
        "POST",
        "/mentions/read",
        mentions.mark_mentions_read,
        "Mark the notes that name me as read",
        status=204,
    ),
    # Tags
    Route("GET", "/tags", tags.list_all, "List tags"),
    Route(
        "PATCH",
        "/tags/{tag_id}",
        tags.rename,
        "Rename a tag",
        access=AccessRule.ADMIN,
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/tags/{tag_id}",
        tags.delete,
        "Delete a tag",
        access=AccessRule.ADMIN,
        status=204,
    ),
    # Conversations
    Route("GET", "/conversations", conversations.list_all, "List conversations"),
    Route("GET", "/conversations/counts", conversations.count_all, "Count my conversations"),
    Route("GET", "/conversations/{conversation_id}", conversations.show, "Show a conversation"),
    Route(
        "GET",
        "/conversations/{conversation_id}/messages",
        conversations.list_messages,
        "List a conversation's messages",
    ),
    Route(
        "POST",
        "/conversations/{conversation_id}/read",
        conversations.mark_conversation_read,
        "Mark a conversation as read",
        status=204,
    ),
    # Clients
    Route("GET", "/clients", clients.list_all, "List clients"),
    Route(
        "POST",
        "/clients",
        creation.create,
        "Create a client",
        access=AccessRule.ADMIN,
        status=201,
        raises=(Conflict,),
    ),
    Route("GET", "/clients/{client_id}", clients.show, "Show a client"),
    Route("PATCH", "/clients/{client_id}", clients.change, "Change a client"),
    Route(
        "GET", "/clients/{client_id}/sessions", clients.list_sessions, "List a client's sessions"
    ),
    Route(
        "GET", "/clients/{client_id}/messages", timeline.list_messages, "List a client's messages"
    ),
    Route("POST", "/clients/{client_id}/block", clients.block, "Block a client"),
    Route("POST", "/clients/{client_id}/unblock", clients.unblock, "Unblock a client"),
    Route(
        "POST",
        "/clients/{client_id}/join",
        merging.merge_clients,
        "Merge two clients",
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/clients/{client_id}/join/{join_id}",
        merging.unmerge_clients,
        "Undo a merge",
        status=204,
        raises=(Conflict,),
    ),
    Route(
        "GET",
        "/clients/{client_id}/export",
        export.export_client,
        "Export a client's data",
        access=AccessRule.ADMIN,
        stream_types=(JSON,),
        has_links=True,
    ),
    Route(
        "DELETE",
        "/clients/{client_id}",
        erasure.erase_client,
        "Delete a client's data",
        access=AccessRule.ADMIN,
        status=204,
        accepted=JobOut,
        raises=(Conflict,),
    ),
    # Sending
    Route(
        "POST",
        "/sessions/{session_id}/messages",
        messages.send_message,
        "Send an answer or a note",
        status=201,
        raises=(Conflict, ReplyWindowClosed),
    ),
    Route(
        "POST",
        "/first-messages",
        first_messages.send_first_message,
        "Write to a phone number",
        status=201,
        raises=(Conflict, ReplyWindowClosed),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/templates",
        templates.send_template,
        "Send or preview a template",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/files",
        upload.send_file,
        "Send a file",
        status=201,
        consumes=upload_validation.FORM_TYPE,
        form=FileForm,
        raises=(Conflict, ReplyWindowClosed, LengthRequired),
    ),
    Route(
        "POST",
        "/sessions/{session_id}/typing",
        typing.show_typing,
        "Show a typing indicator",
        raises=(Conflict,),
    ),
    Route("GET", "/messages/{message_id}", lookup.show, "Show a message"),
    Route(
        "PATCH",
        "/messages/{message_id}",
        message_actions.edit_message,
        "Edit a message",
        raises=(Conflict,),
    ),
    Route(
        "DELETE",
        "/messages/{message_id}",
        message_actions.delete_message,
        "Delete a message",
        raises=(Conflict,),
    ),
    Route(
        "PUT",
        "/messages/{message_id}/reaction",
        message_actions.react,
        "React to a message",
        raises=(Conflict,),
    ),
    Route(
        "POST",
        "/messages/{message_id}/resend",
        message_actions.resend_message,
        "Resend an uncertain answer, or send a draft",
        raises=(Conflict, ReplyWindowClosed),
    ),
    Route(
        "POST",
        "/messages/{message_id}/settle",
        message_actions.confirm_arrival,
        "Confirm that an uncertain answer arrived",
        raises=(Conflict,),
    ),
    Route("POST", "/file-links", links.create_links, "Create links to files"),
    Route(
        "POST",
        "/download-links",
        download_links.create_link,
        "Create a link to a download",
        access=AccessRule.ADMIN,
    ),
    Route(
        "GET",
        "/files/{message_id}",
        links.open_link,
        "Open a link to a file",
        access=AccessRule.ANYONE,
        stream_types=("*/*",),
        other_statuses=(206, 304),
        raises=(Conflict, FileTooLargeToFetch, RangeNotSatisfiable, ProviderRefused),
    ),
    Route(
        "GET",
        "/messages/{message_id}/file",
        download.download_file,
        "Download a message's file",
        stream_types=("*/*",),
        other_statuses=(206, 304),
        raises=(Conflict, FileTooLargeToFetch, RangeNotSatisfiable, ProviderRefused),
    ),
)
