"""Write choices as numbered lines, for chats without buttons: the customer answers a number."""

from dataclasses import replace

from db.queues.payloads import Buttons
from desk.content import Content


def format_numbered_list(buttons: Buttons) -> str:
    """Format buttons as numbered lines."""
    flat = [each["text"] for row in buttons for each in row]
    return "\n".join(f"{place}. {words}" for place, words in enumerate(flat, 1))


def add_numbered_list(content: Content, buttons: Buttons) -> Content:
    """Return a content with the choices as numbered lines below its text."""
    if not buttons:
        return content
    lines = format_numbered_list(buttons)
    return replace(content, text=f"{content.text}\n\n{lines}" if content.text else lines)
