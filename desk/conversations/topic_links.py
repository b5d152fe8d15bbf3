"""Links to topics of staff groups, which Telegram opens for the group's members."""

# Telegram's own prefix of a supergroup's id.
_SUPERGROUP = "-100"


def build_topic_url(chat: str, topic: str) -> str | None:
    """Return the address of a topic; None if the group is not a supergroup."""
    number = chat.removeprefix(_SUPERGROUP)
    return None if number == chat else f"https://t.me/c/{number}/{topic}"
