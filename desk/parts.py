"""Content in as many messages as it needs."""

from desk.content import Content
from desk.formatting.splitting import TEXT_LIMIT, split_text


def parts_of(content: Content) -> list[Content]:
    """Cut a text that is too long for one message; anything else is one part."""
    if not content.is_text or not content.text or content.is_template:
        return [content]
    if 2 * len(content.text) <= TEXT_LIMIT:  # in UTF-16 no character takes more than two units
        return [Content(type=content.type, text=content.text, entities=content.entities)]
    pieces = split_text(content.text, content.entities, TEXT_LIMIT)
    return [Content(type=content.type, text=text, entities=entities) for text, entities in pieces]
