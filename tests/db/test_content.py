"""What a message is stored as."""

import pytest

from db.content import Content
from db.tables import MessageType


@pytest.mark.parametrize(
    ("content", "stored"),
    [
        (Content(text="Hello"), MessageType.TEXT),
        (Content(text="See HTTPS://example.com/a"), MessageType.LINK),
        (Content(text="http and https"), MessageType.TEXT),
        (Content(), MessageType.TEXT),
        (Content(type=MessageType.IMAGE, text="https://example.com"), MessageType.IMAGE),
    ],
)
def test_a_text_with_an_address_is_a_link(content: Content, stored: MessageType) -> None:
    assert content.stored_type is stored
