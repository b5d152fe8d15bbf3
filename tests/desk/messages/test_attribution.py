"""The author's name is put first, and the formatting stays on its words."""

from db.tables import MessageType
from desk.content import Content
from desk.formatting.captions import CAPTION_LIMIT
from desk.formatting.splitting import utf16_length
from desk.messages.attribution import add_author


def bold(length: int) -> dict[str, object]:
    return {"type": "bold", "offset": 0, "length": length}


def test_the_name_comes_first() -> None:
    shown = add_author(Content(text="hello"), "Mia")
    assert (shown.text, shown.entities) == ("Mia: hello", [bold(4)])
    note = add_author(Content(text="hello"), "Mia", is_note=True)
    assert (note.text, note.entities) == ("// Mia: hello", [bold(7)])


def test_entities_move_with_the_text_in_utf16_units() -> None:
    link = {"type": "url", "offset": 3, "length": 5}
    shown = add_author(Content(text="go a.com", entities=[link]), "Mia 🦊")
    assert shown.entities == [bold(7), {"type": "url", "offset": 11, "length": 5}]
    assert shown.text is not None
    units = shown.text.encode("utf-16-le")
    assert units[22:32].decode("utf-16-le") == "a.com"


def test_a_file_without_words_says_whose_it_is() -> None:
    shown = add_author(Content(type=MessageType.IMAGE, file={"size": 1}), "Mia")
    assert (shown.text, shown.file) == ("Mia:", {"size": 1})


def test_a_caption_that_the_name_makes_too_long_is_cut() -> None:
    words = "🦊" * (CAPTION_LIMIT // 2)
    shown = add_author(Content(type=MessageType.FILE, text=words), "Mia")
    assert shown.text is not None
    assert CAPTION_LIMIT - 2 <= utf16_length(shown.text) <= CAPTION_LIMIT
    assert shown.text.endswith("🦊…")
    whole = add_author(Content(type=MessageType.FILE, text="x" * (CAPTION_LIMIT - 5)), "Mia")
    assert whole.text == "Mia: " + "x" * (CAPTION_LIMIT - 5)
    text = add_author(Content(text="x" * 5000), "Mia")
    assert text.text == "Mia: " + "x" * 5000
