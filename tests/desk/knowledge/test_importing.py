"""Files of each format, whole and broken."""

import codecs

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desk.knowledge.importing.blocks import Block, ImportRefusedError, build_articles
from desk.knowledge.importing.files import check_size, read_articles
from desk.knowledge.importing.pdf import PdfLimits, read_pdf
from desk.knowledge.limits import MAX_PASSAGE, MAX_TEXT, MAX_TITLE

MEGABYTE = 1024 * 1024

MARKDOWN = """---
Before any heading.

# Delivery

Parcels go out **daily** with `JNE`; see [prices](https://x.example/p).

- Java: two days
- Bali: three days

## Returns

| Item | Days |
|------|------|
| Shoes | 14 |

<script>alert(1)</script>
"""

HTML = """<html><head><title>T</title><style>p {}</style></head><body>
<nav>Home</nav><script>alert("no")</script>
<main><h1>Opening &amp; hours</h1><p>Open <b>daily</b><br>from 9.</p>
<div>Loose text<p>Inner.</p> after</div>
<h2>Holidays</h2><ul><li>Closed on <i>New Year</i></li><li>Open else</li></ul></main>
<footer>Imprint</footer></body></html>"""


def make_pdf(*pages: str, extra: bytes = b"") -> bytes:
    """Build a small PDF with a line of text on each page."""
    kids = " ".join(f"{4 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        "<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Kids[{kids}]/Count {len(pages)}>>",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for at, page in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({page}) Tj ET"
        place = "/MediaBox[0 0 612 792]/Resources<</Font<</F1 3 0 R>>>>"
        objects.append(f"<</Type/Page/Parent 2 0 R{place}/Contents {5 + 2 * at} 0 R>>")
        objects.append(f"<</Length {len(stream)}>>stream\n{stream}\nendstream")
    data, places = b"%PDF-1.4\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(data))
        data += f"{number} 0 obj\n{each}\nendobj\n".encode()
    table = b"".join(f"{at:010} 00000 n \n".encode() for at in places)
    end = f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode() + table
    trailer = f"trailer<</Size {len(places) + 1}/Root 1 0 R>>\nstartxref\n{len(data)}\n%%EOF"
    return data + end + trailer.encode() + extra


async def test_markdown_has_an_article_for_each_heading() -> None:
    articles = await read_articles("faq.md", MARKDOWN.encode())
    assert [each.title for each in articles] == ["faq", "Delivery", "Returns"]
    assert "Parcels go out daily with JNE; see prices." in articles[1].text
    assert "Java: two days\nBali: three days" in articles[1].text
    assert "Item | Days\nShoes | 14" in articles[2].text


async def test_html_has_what_a_reader_sees() -> None:
    articles = await read_articles("page.HTML", HTML.encode("utf-16"))
    assert [each.title for each in articles] == ["Opening & hours", "Holidays"]
    assert articles[0].text == "Open daily from 9.\nLoose text\nInner.\nafter"
    assert articles[1].text == "Closed on New Year\nOpen else"


async def test_csv_has_an_article_in_each_row() -> None:
    header = "Judul;Jawaban;Bahasa;Tags;Questions"
    row = 'Bayar;"Lewat ""QRIS"".\n\nAtau tunai.";ID;a|b;cara bayar?|bs qris'
    rows = f"{header}\r\n{row}\r\n;;;;\r\n"
    [article] = await read_articles("faq.csv", codecs.BOM_UTF8 + rows.encode())
    assert (article.title, article.text) == ("Bayar", 'Lewat "QRIS".\n\nAtau tunai.')
    assert (article.language, article.tags) == ("id", ("a", "b"))
    assert article.questions == ("cara bayar?", "bs qris")


async def test_pdf_has_one_article() -> None:
    pdf = make_pdf("Parcels go out daily.", "Returns within 14 days.")
    [article] = await read_articles("guide.pdf", pdf)
    assert article.title == "guide"
    assert article.text == "Parcels go out daily.\nReturns within 14 days."


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("a.docx", b"x", "must end with one of .csv"),
        ("noending", b"x", "must end with one of"),
        ("a.md", b"", "is empty"),
        ("a.md", b" \n\n ", "has no text"),
        ("a.md", "Grüße".encode("latin-1"), "byte 2 is not"),
        ("a.md", b"PK\0\1", "is no text"),
        ("a.html", b"<script>x</script>", "has no text"),
        ("a.html", b"\xff\xfe<\0p", "must be in UTF-8"),
        ("a.csv", "Titel,Text\nÄ,ß".encode("cp1252"), "must be in UTF-8"),
        ("a.csv", b"name,answer\nx,y", "missing: title"),
        ("a.csv", b"title,text\nx,", "line 2: title and text"),
        ("a.csv", b"title,text\n" + b"x" * 191 + b",y", "line 2: the title has more"),
        ("a.csv", b"title,text\nx," + b"y" * 16_001, "line 2: the text has more"),
        ("a.csv", b'title,text\nx,"' + b"y" * 200_000, "line"),
        ("a.csv", b"title,text\n" + b"x,y\n" * 2_001, "more than 2000 articles"),
        ("a.pdf", b"<html>", "this is no PDF"),
        ("a.pdf", b"%PDF-1.7\n" + b"\0" * 100, "cannot be read"),
        ("a.pdf", make_pdf("Whole.")[:150], "cannot be read"),
        ("a.pdf", make_pdf(""), "has no text"),
        ("a.pdf", make_pdf(*["x"] * 1_001), "1001 pages; the limit is 1000"),
    ],
)
async def test_a_broken_file_is_refused_with_the_reason(name: str, data: bytes, says: str) -> None:
    with pytest.raises(ImportRefusedError, match=says):
        await read_articles(name, data)


@pytest.mark.parametrize(("name", "size"), [("a.pdf", 100), ("a.md", 5), ("a.csv", 5)])
def test_a_large_file_is_refused_before_it_is_read(name: str, size: int) -> None:
    with pytest.raises(ImportRefusedError, match="the limit is"):
        check_size(name, size * MEGABYTE)


async def test_a_pdf_gets_only_so_much_memory_time_and_text() -> None:
    pdf = make_pdf("Parcels go out daily.")
    with pytest.raises(ImportRefusedError, match="too much memory or time"):
        await read_pdf(pdf, PdfLimits(memory=16 * MEGABYTE))
    with pytest.raises(ImportRefusedError, match="more than 5 characters"):
        await read_pdf(pdf, PdfLimits(characters=5))
    with pytest.raises(ImportRefusedError, match="takes too long"):
        await read_pdf(pdf, PdfLimits(seconds=0.001))


async def test_deep_and_long_pages_come_to_an_end() -> None:
    deep = "<div>" * 50_000 + "<b>" * 5_000 + "Text at the bottom."
    [article] = await read_articles("deep.html", deep.encode())
    assert article.text == "Text at the bottom."
    nested = ">" * 3_000 + " quoted\n\n" + "[" * 3_000 + "\n\n" + "*a " * 3_000
    assert await read_articles("nested.md", nested.encode())


def test_a_long_section_becomes_several_articles() -> None:
    blocks = [Block("T" * 500, 1), *(Block("word " * 100) for _ in range(100))]
    articles = list(build_articles(blocks, "name"))
    assert len(articles) > 2
    assert articles[0].title == "T" * MAX_TITLE
    assert articles[1].title.endswith("(2)")
    assert all(len(each.text) <= MAX_TEXT for each in articles)


@settings(deadline=None)
@given(st.lists(st.builds(Block, st.text(max_size=3_000), st.integers(0, 6)), max_size=20))
def test_no_imported_article_is_empty_or_too_long(blocks: list[Block]) -> None:
    for article in build_articles(blocks, "name"):
        assert article.text.strip()
        assert 0 < len(article.title) <= MAX_TITLE
        assert len(article.text) <= MAX_TEXT


def test_short_paragraphs_are_joined_into_a_passage() -> None:
    [article] = build_articles(
        [Block("One."), Block("Two."), Block("Sub", 3), Block("Three.")], "x"
    )
    assert article.text == "One.\nTwo.\n\nSub\nThree."
    assert len(article.text) < MAX_PASSAGE
