"""A second, hand-written table of who may call which route; a route that is missing fails a test.

Every route has one line. The response to an allowed role depends on the route. Here it is only not
401, 403 or 404.
"""

from dataclasses import dataclass, field, replace
from typing import Any

ROLES = ("nobody", "expired", "disabled", "cs", "other cs", "admin")
_OUT = {"nobody": 401, "expired": 401, "disabled": 401}


@dataclass(frozen=True)
class ExpectedAccess:
    """The response to each role that has no access, and a valid body where one is needed.

    The agent who holds the sessions is `cs`; `other cs` holds other sessions. `things` in
    test_permissions.py fills in the placeholders of the path.
    """

    refused: dict[str, int] = field(default_factory=dict)
    body: Any = None
    # Added to the path.
    query: str = ""

    def sends(self, body: Any) -> "ExpectedAccess":
        return replace(self, body=body)


# An id that no object has.
NOBODY = "01KAPQ4M6Q9Y0JX7T0ZV3F9B2D"

ANYONE = ExpectedAccess()
LOGGED_IN = ExpectedAccess(_OUT)
ADMIN = ExpectedAccess({**_OUT, "cs": 403, "other cs": 403})
# For a session that `cs` holds.
MINE = ExpectedAccess({**_OUT, "other cs": 404})

# Only a page of this server, whoever is logged in.
NO_PAGE = ExpectedAccess(dict.fromkeys(ROLES, 403))

CREDENTIALS = {"token": "123456:" + "A" * 35}

EXPECTED_ACCESS: dict[str, ExpectedAccess] = {
    "POST /auth/login": ANYONE,
    "POST /auth/refresh": ANYONE,
    # A browser's headers decide, not the access token: tests/api/test_browser_log_in.py.
    "POST /auth/browser/login": NO_PAGE,
    "POST /auth/browser/refresh": NO_PAGE,
    "POST /auth/browser/logout": NO_PAGE,
    "POST /auth/telegram": ANYONE,
    "POST /auth/logout": LOGGED_IN,
    "POST /auth/logout-all": LOGGED_IN,
    "GET /auth/log-ins": LOGGED_IN,
    # For `cs`; an administrator ends other users' log-ins at /users.
    "DELETE /auth/log-ins/{log_in_id}": ExpectedAccess({**_OUT, "other cs": 404, "admin": 404}),
    "POST /auth/reset": ANYONE,
    "GET /auth/me": LOGGED_IN,
    "PATCH /auth/me": LOGGED_IN,
    "GET /auth/me/preferences": LOGGED_IN,
    "PATCH /auth/me/preferences": LOGGED_IN,
    "GET /auth/second-factor": LOGGED_IN,
    "POST /auth/second-factor": LOGGED_IN,
    "POST /auth/second-factor/confirm": LOGGED_IN,
    "POST /auth/second-factor/recovery-codes": LOGGED_IN,
    "POST /auth/second-factor/disable": LOGGED_IN,
    "GET /users": ADMIN,
    "POST /users": ADMIN,
    "GET /users/{user_id}": ADMIN,
    "PATCH /users/{user_id}": ADMIN,
    "POST /users/{user_id}/reset-link": ADMIN,
    "DELETE /users/{user_id}/log-ins": ADMIN,
    "DELETE /users/{user_id}/second-factor": ADMIN,
    "GET /channels": ADMIN,
    "GET /channel-abilities": LOGGED_IN,
    "POST /channels": ADMIN.sends({"credentials": CREDENTIALS}),
    "GET /channels/{channel_id}": ADMIN,
    "DELETE /channels/{channel_id}": ADMIN,
    "PATCH /channels/{channel_id}": ADMIN,
    "PUT /channels/{channel_id}/credentials": ADMIN.sends(CREDENTIALS),
    "POST /channels/{channel_id}/webhook-secret": ADMIN,
    "POST /channels/{channel_id}/test": ADMIN,
    "GET /channels/{channel_id}/staff-groups": ADMIN,
    "POST /channels/{channel_id}/staff-groups": ADMIN.sends({"id": "-1009"}),
    "DELETE /channels/{channel_id}/staff-groups/{group}": ADMIN,
    "GET /channels/{channel_id}/hours": ADMIN,
    "PUT /channels/{channel_id}/hours": ADMIN.sends({"time_zone": "Asia/Jakarta", "week": {}}),
    "DELETE /channels/{channel_id}/hours": ADMIN,
    "GET /channels/{channel_id}/texts": ADMIN,
    "PUT /channels/{channel_id}/texts": ADMIN.sends(
        {"name": "welcome", "language": "en", "text": "Hi!"}
    ),
    "DELETE /channels/{channel_id}/texts": ADMIN,
    "POST /channels/{channel_id}/texts/preview": ADMIN.sends({"name": "welcome", "language": "en"}),
    "GET /channels/{channel_id}/link": ADMIN,
    "GET /channels/{channel_id}/link/qr": ADMIN,
    "POST /channels/{channel_id}/link/start": ADMIN,
    "POST /channels/{channel_id}/link/stop": ADMIN,
    "POST /channels/{channel_id}/link/restart": ADMIN,
    "POST /channels/{channel_id}/link/logout": ADMIN,
    "POST /channels/{channel_id}/link/code": ADMIN.sends({"phone": "+4915550000001"}),
    "GET /channels/{channel_id}/templates": LOGGED_IN,
    "GET /templates/{template_id}": LOGGED_IN,
    "POST /channels/{channel_id}/templates/sync": ADMIN,
    "GET /canned-replies": LOGGED_IN,
    "POST /canned-replies": ADMIN.sends({"shortcut": "a", "title": "A", "text": "A"}),
    "POST /canned-replies/preview": ADMIN.sends({"text": "A"}),
    "GET /canned-replies/{reply_id}": LOGGED_IN,
    "PATCH /canned-replies/{reply_id}": ADMIN,
    "DELETE /canned-replies/{reply_id}": ADMIN,
    "POST /canned-replies/{reply_id}/preview": LOGGED_IN,
    "GET /knowledge/articles": LOGGED_IN,
    "POST /knowledge/articles": ADMIN.sends({"title": "A", "text": "A", "language": "en"}),
    "GET /knowledge/articles/{article_id}": LOGGED_IN,
    "PATCH /knowledge/articles/{article_id}": ADMIN,
    "DELETE /knowledge/articles/{article_id}": ADMIN,
    "POST /knowledge/imports": ADMIN,
    "POST /knowledge/search": LOGGED_IN.sends({"question": "How much?"}),
    "GET /knowledge/questions": ADMIN,
    "POST /knowledge/questions/{question_id}/accept": ADMIN,
    "POST /knowledge/questions/{question_id}/refuse": ADMIN,
    "GET /broadcasts": ADMIN,
    "POST /broadcasts": ADMIN.sends({"name": "News", "text": "Hi"}),
    "GET /broadcasts/{broadcast_id}": ADMIN,
    "PATCH /broadcasts/{broadcast_id}": ADMIN.sends({"name": "News"}),
    "GET /broadcasts/{broadcast_id}/preview": ADMIN,
    "GET /broadcasts/{broadcast_id}/recipients": ADMIN,
    "POST /broadcasts/{broadcast_id}/test": ADMIN.sends({}),
    "POST /broadcasts/{broadcast_id}/start": ADMIN.sends({}),
    "POST /broadcasts/{broadcast_id}/pause": ADMIN,
    "POST /broadcasts/{broadcast_id}/resume": ADMIN,
    "POST /broadcasts/{broadcast_id}/cancel": ADMIN,
    "GET /jobs/{job_id}": ADMIN,
    "GET /audit-log": ADMIN,
    "GET /parked-updates": ADMIN,
    "GET /parked-updates/{update_id}": ADMIN,
    "POST /parked-updates/{update_id}/retry": ADMIN,
    "POST /parked-updates/{update_id}/drop": ADMIN,
    "GET /settings": ADMIN,
    "GET /reports": ADMIN,
    "GET /reports/csv": ADMIN,
    "GET /reports/picture": ADMIN,
    "GET /reports/sessions": ADMIN,
    "GET /ai-agents": LOGGED_IN,
    "POST /ai-agents": ADMIN.sends({"name": "Aria"}),
    "GET /ai-agents/{agent_id}": ExpectedAccess({**_OUT, "cs": 404, "other cs": 404, "admin": 404}),
    "PATCH /ai-agents/{agent_id}": ExpectedAccess(
        {**_OUT, "cs": 403, "other cs": 403, "admin": 404}, {"name": "Aria"}
    ),
    "DELETE /ai-agents/{agent_id}": ExpectedAccess(
        {**_OUT, "cs": 403, "other cs": 403, "admin": 404}
    ),
    "POST /ai-agents/{agent_id}/ask": ExpectedAccess(
        {**_OUT, "cs": 403, "other cs": 403, "admin": 404}, {"question": "hi"}
    ),
    "POST /ai-agents/{agent_id}/replay": ExpectedAccess(
        {**_OUT, "cs": 403, "other cs": 403, "admin": 404}, {}
    ),
    "PUT /sessions/{session_id}/ai": MINE.sends({"mode": "off"}),
    "GET /suggestions": LOGGED_IN,
    "GET /suggestions/{suggestion_id}": MINE,
    "POST /suggestions/{suggestion_id}/send": MINE.sends({}),
    "POST /suggestions/{suggestion_id}/drop": MINE,
    "POST /messages/{message_id}/translate": MINE.sends({}),
    "POST /messages/{message_id}/wrong": MINE,
    "GET /ai-logs": ADMIN,
    "GET /ai-logs/{log_id}": ExpectedAccess({**_OUT, "cs": 403, "other cs": 403, "admin": 404}),
    "GET /ai-turns": ADMIN,
    "GET /ai-turns/{turn_id}": ExpectedAccess({**_OUT, "cs": 403, "other cs": 403, "admin": 404}),
    "GET /ai-usage": ADMIN,
    "GET /agents": LOGGED_IN,
    "GET /agents/{agent_id}": LOGGED_IN,
    "PATCH /agents/{agent_id}": ADMIN,
    # The agent in the path is `cs`.
    "POST /agents/{agent_id}/link-code": MINE,
    "DELETE /agents/{agent_id}/telegram": MINE,
    "GET /sessions": LOGGED_IN,
    "GET /sessions/{session_id}": MINE,
    "GET /sessions/{session_id}/messages": MINE,
    "POST /sessions/{session_id}/files": MINE,
    "POST /sessions/{session_id}/typing": MINE,
    "GET /messages/{message_id}": MINE,
    "PATCH /messages/{message_id}": MINE.sends({"text": "Better so"}),
    "DELETE /messages/{message_id}": MINE,
    "PUT /messages/{message_id}/reaction": MINE.sends({"emoji": "\N{THUMBS UP SIGN}"}),
    "POST /messages/{message_id}/resend": MINE,
    "POST /messages/{message_id}/settle": MINE,
    "GET /messages/{message_id}/file": MINE,
    "POST /file-links": LOGGED_IN.sends({"message_ids": [NOBODY]}),
    "POST /download-links": ADMIN.sends({"path": f"/clients/{NOBODY}/export"}),
    # Its key decides, not the access token: tests/flows/test_api_file_links.py.
    "GET /files/{message_id}": ExpectedAccess(
        dict.fromkeys(ROLES, 404),
        query=f"?what=file&key={NOBODY}.{NOBODY}.0.1764547200.{'A' * 43}",
    ),
    "POST /sessions/{session_id}/read": MINE,
    "POST /sessions/{session_id}/presence": MINE.sends({"state": "viewing"}),
    "POST /sessions/{session_id}/claim": MINE,
    "POST /sessions/{session_id}/assign": ADMIN.sends({"agent_id": NOBODY}),
    "POST /sessions/{session_id}/transfer": MINE.sends({"agent_id": NOBODY, "reason": "Ill"}),
    "POST /sessions/{session_id}/end": MINE,
    "POST /sessions/{session_id}/reopen": MINE,
    "PATCH /sessions/{session_id}/tags": MINE.sends({"add": ["refund"]}),
    "PUT /sessions/{session_id}/priority": MINE.sends({"priority": "high"}),
    "POST /sessions/{session_id}/snooze": MINE.sends({"until": "2030-01-01T00:00:00Z"}),
    "POST /sessions/{session_id}/canned-reply": MINE.sends({"canned_reply_id": NOBODY}),
    "DELETE /sessions/{session_id}/snooze": MINE,
    "GET /search": ExpectedAccess(_OUT, query="?q=hello"),
    "GET /queue": LOGGED_IN,
    "POST /queue/next": LOGGED_IN,
    "GET /tags": LOGGED_IN,
    "PATCH /tags/{tag_id}": ADMIN.sends({"name": "Refund"}),
    "DELETE /tags/{tag_id}": ADMIN,
    "GET /mentions": LOGGED_IN,
    "GET /mentions/count": LOGGED_IN,
    "POST /mentions/read": LOGGED_IN.sends({"conversation_id": NOBODY}),
    "GET /conversations": LOGGED_IN,
    "GET /conversations/counts": LOGGED_IN,
    "GET /conversations/{conversation_id}": MINE,
    "GET /conversations/{conversation_id}/messages": MINE,
    "POST /conversations/{conversation_id}/read": MINE,
    "GET /clients": LOGGED_IN,
    "GET /clients/{client_id}": MINE,
    "POST /clients": ADMIN.sends({"name": "Andi"}),
    "PATCH /clients/{client_id}": MINE.sends({"name": "Ann"}),
    "GET /clients/{client_id}/sessions": MINE,
    "GET /clients/{client_id}/messages": MINE,
    "POST /clients/{client_id}/block": MINE,
    "POST /clients/{client_id}/unblock": MINE,
    "POST /clients/{client_id}/join": MINE.sends({"client_id": NOBODY}),
    "DELETE /clients/{client_id}/join/{join_id}": MINE,
    "GET /clients/{client_id}/export": ADMIN,
    "DELETE /clients/{client_id}": ADMIN,
    "POST /sessions/{session_id}/messages": MINE.sends({"text": "Hello!"}),
    "POST /sessions/{session_id}/templates": MINE.sends({"name": "hello", "preview": True}),
    "POST /first-messages": LOGGED_IN.sends(
        {"channel_id": NOBODY, "phone": "+62 811 234 567", "text": "Hello!"}
    ),
    "GET /events": LOGGED_IN,
    "GET /webhooks": ADMIN,
    "POST /webhooks": ADMIN,
    "GET /webhooks/{webhook_id}": ADMIN,
    "PATCH /webhooks/{webhook_id}": ADMIN,
    "DELETE /webhooks/{webhook_id}": ADMIN,
    "POST /webhooks/{webhook_id}/secret": ADMIN,
    "POST /webhooks/{webhook_id}/test": ADMIN,
    "GET /webhooks/{webhook_id}/deliveries": ADMIN,
    "POST /webhooks/{webhook_id}/deliveries/{delivery_id}/replay": ADMIN,
    "GET /auto-reply-rules": LOGGED_IN,
    "POST /auto-reply-rules": ADMIN.sends(
        {"channel_id": NOBODY, "name": "A", "match_kind": "word", "reply_message": "A"}
    ),
    "GET /auto-reply-rules/{rule_id}": LOGGED_IN,
    "PATCH /auto-reply-rules/{rule_id}": ADMIN,
    "DELETE /auto-reply-rules/{rule_id}": ADMIN,
    "GET /reply-files": LOGGED_IN,
    "POST /reply-files": ADMIN,
    "GET /reply-files/{file_id}": LOGGED_IN,
    "DELETE /reply-files/{file_id}": ADMIN,
    "POST /auto-reply-rules/test": LOGGED_IN.sends({"channel_id": NOBODY, "text": "hi"}),
}
