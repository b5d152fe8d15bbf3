"""Routes of what customers read."""

from api.access.permissions import AccessRule
from api.routing.route import Route
from api.texts import texts

TEXTS: tuple[Route, ...] = (
    Route(
        "GET",
        "/channels/{channel_id}/texts",
        texts.list_texts,
        "List what customers read",
        access=AccessRule.ADMIN,
    ),
    Route(
        "PUT",
        "/channels/{channel_id}/texts",
        texts.set_text,
        "Set what customers read",
        access=AccessRule.ADMIN,
    ),
    Route(
        "DELETE",
        "/channels/{channel_id}/texts",
        texts.reset_texts,
        "Go back to the built-in texts",
        access=AccessRule.ADMIN,
        status=204,
    ),
    Route(
        "POST",
        "/channels/{channel_id}/texts/preview",
        texts.preview,
        "Preview what customers read",
        access=AccessRule.ADMIN,
    ),
)
