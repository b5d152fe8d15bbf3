"""Checks the content of each kind of message, with Meta's refusals."""

from collections.abc import Callable

from sandbox.common.json_shapes import Json
from sandbox.graph.model.errors import (
    GraphError,
    invalid,
    missing_content,
    missing_parameter,
    wrong_content,
)
from sandbox.graph.sending.interactive import check_interactive
from sandbox.graph.sending.structure import check_structure

TEXT_LIMIT = 4096
CAPTION_LIMIT = 1024
CONTACTS_LIMIT = 5
MEDIA = frozenset({"image", "document", "video", "audio", "sticker"})
# The fields of a media object besides `id` or `link`.
MEDIA_KEYS = {
    "image": {"caption"},
    "video": {"caption"},
    "document": {"caption", "filename"},
    "audio": {"voice"},
    "sticker": set(),
}
NAME_PARTS = {"first_name", "last_name", "middle_name", "suffix", "prefix"}
CONTACT_KEYS = {"addresses", "birthday", "emails", "name", "org", "phones", "urls"}


def check_content(kind: str, body: Json) -> Json | list[Json]:
    """Return the content of the message's kind, or raise an error that says what is wrong."""
    if kind not in CHECKS:
        names = ", ".join(sorted(name.upper() for name in CHECKS))
        raise invalid(f"Param type must be one of {{{names}}} - got {kind!r}.")
    if kind not in body:
        raise missing_parameter(kind)
    content: Json | list[Json] = body[kind]
    if kind == "contacts":
        check_contacts(content)
        return content
    if not isinstance(content, dict):
        raise invalid(f"Param {kind} must be a JSON object.")
    check_structure(kind, content)
    CHECKS[kind](kind, content)
    return content


def check_known_keys(kind: str, content: Json, known: set[str]) -> None:
    """Refuse fields that the kind does not have."""
    for key in content:
        if key not in known:
            raise invalid(f'Unexpected key "{key}" on param "{kind}".')


def _check_text(kind: str, content: Json) -> None:
    check_known_keys(kind, content, {"body", "preview_url"})
    text = content.get("body")
    if not isinstance(text, str) or not text.strip():
        raise missing_parameter("text['body']")
    if len(text) > TEXT_LIMIT:
        raise invalid(f"Param text['body'] must be at most {TEXT_LIMIT} characters long.")


def check_media(kind: str, content: Json) -> None:
    """Refuse a media object that names no file or two, or a caption that is too long."""
    check_known_keys(kind, content, {"id", "link"} | MEDIA_KEYS[kind])
    if ("id" in content) == ("link" in content):
        raise GraphError(100, f"Exactly one of {kind}['id'] and {kind}['link'] is needed")
    link = content.get("link")
    if link is not None and not str(link).startswith(("http://", "https://")):
        raise invalid(f"Param {kind}['link'] is not a valid URI.")
    if len(str(content.get("caption", ""))) > CAPTION_LIMIT:
        raise invalid(f"Param {kind}['caption'] must be at most {CAPTION_LIMIT} characters long.")


def _check_location(kind: str, content: Json) -> None:
    check_known_keys(kind, content, {"latitude", "longitude", "name", "address"})
    for name, most in (("latitude", 90.0), ("longitude", 180.0)):
        if content.get(name) in {None, ""}:
            raise missing_content(f"Parameter '{name}' is mandatory for type 'location'")
        try:
            right = abs(float(content[name])) <= most
        except (TypeError, ValueError):
            right = False
        if not right:
            raise wrong_content(f"{name} is not a number between -{most:g} and {most:g}")


def check_contacts(contacts: object) -> None:
    """Refuse anything but a list of one to five contacts with names."""
    if not isinstance(contacts, list) or not 1 <= len(contacts) <= CONTACTS_LIMIT:
        raise wrong_content(f"contacts is a list of 1 to {CONTACTS_LIMIT} contacts")
    for contact in contacts:
        if not isinstance(contact, dict):
            raise wrong_content("a contact is a JSON object")
        check_known_keys("contacts", contact, CONTACT_KEYS)
        name = contact.get("name")
        if not isinstance(name, dict) or not name.get("formatted_name"):
            raise missing_content("Parameter 'formatted_name' is mandatory for type 'contacts'")
        if not NAME_PARTS & name.keys():
            raise missing_content("At least one of the optional name parameters is needed")


def _check_reaction(kind: str, content: Json) -> None:
    check_known_keys(kind, content, {"message_id", "emoji"})
    if not content.get("message_id"):
        raise missing_content("Parameter 'message_id' is mandatory for type 'reaction'")
    emoji = content.get("emoji")
    if emoji is None:
        raise missing_content("Parameter 'emoji' is mandatory for type 'reaction'")
    if not isinstance(emoji, str) or (emoji and emoji.isascii()):
        raise wrong_content("emoji is one emoji, or empty to take the reaction back")


def _check_interactive(kind: str, content: Json) -> None:
    del kind
    check_interactive(content, check_media)


def _check_template(kind: str, content: Json) -> None:
    check_known_keys(kind, content, {"name", "language", "components", "namespace"})
    if not content.get("name"):
        raise missing_parameter("template['name']")
    language = content.get("language")
    if not isinstance(language, dict) or not language.get("code"):
        raise missing_parameter("template['language']['code']")


CHECKS: dict[str, Callable[[str, Json], None]] = {
    "text": _check_text,
    **dict.fromkeys(MEDIA, check_media),
    "location": _check_location,
    "contacts": lambda _kind, _content: None,
    "reaction": _check_reaction,
    "interactive": _check_interactive,
    "template": _check_template,
}
