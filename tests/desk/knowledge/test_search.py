import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from db.ids import ArticleId, PassageId
from desk.knowledge.ports import SearchScope
from desk.knowledge.search.language import detect_language
from desk.knowledge.search.question_forms import (
    asks_for_thing,
    asks_yes_or_no,
    begins_as_yes_no,
)
from desk.knowledge.search.searcher import Searcher, build_searcher
from desk.knowledge.search.source import SourceArticle, SourcePassage
from desk.knowledge.search.words import fold, stem


def article(
    name: str, title: str, *texts: str, language: str = "en", tag: str = ""
) -> SourceArticle:
    passages = [SourcePassage(PassageId(f"{name}#{at}"), text) for at, text in enumerate(texts)]
    tags = frozenset([tag] if tag else [])
    return SourceArticle(ArticleId(name), title, language, tags, passages)


ARTICLES = [
    article(
        "send",
        "Delivery",
        "Parcels go out on the day of the order. Shipping costs Rp20,000.",
        "A parcel that arrives damaged is replaced: send us a photo.",
        tag="shop",
    ),
    article(
        "bayar",
        "Cara membayar",
        "Bayar lewat transfer bank atau QRIS. Pesanan batal kalau belum dibayar dalam satu hari.",
        language="id",
        tag="shop",
    ),
    article("hours", "Opening hours", "The office is open from 9 to 17.", tag="office"),
    article("pets", "Hewan", "Anjing kecil boleh masuk ke teras.", language="id"),
]


@pytest.fixture(scope="module")
def searcher() -> Searcher:
    return build_searcher(ARTICLES, 7)


@pytest.mark.parametrize(
    ("question", "passage"),
    [
        ("my package came broken", "send#1"),
        ("ongkirnya brp kak", "send#0"),  # slang, in the other language
        ("how can I pay?", "bayar#0"),
        ("bs byr pake qris ga", "bayar#0"),
        ("what is the shippng cost", "send#0"),  # a typing error
        ("kantor buka jam berapa", "hours#0"),
        ("may I bring my poodle", "pets#0"),  # a kind of what the passage names
    ],
)
def test_a_question_finds_its_passage(searcher: Searcher, question: str, passage: str) -> None:
    result = searcher.search(question)
    assert result.passages[0].passage_id == passage
    assert 0 < result.passage_confidence <= 1
    assert result.revision == 7


def test_passages_of_one_article_are_one_article(searcher: Searcher) -> None:
    result = searcher.search("damaged parcel of my order", limit=5)
    assert [each.passage_id for each in result.passages][:2] == ["send#1", "send#0"]
    assert [each.article_id for each in result.articles].count(ArticleId("send")) == 1
    assert len(searcher.search("damaged parcel of my order", limit=1).passages) == 1


def test_the_scope_leaves_articles_out(searcher: Searcher) -> None:
    found = searcher.search("when is the office open", scope=SearchScope({"shop"}))
    assert "hours" not in {each.article_id for each in found.passages}
    assert not searcher.search("open", scope=SearchScope(())).passages


@pytest.mark.parametrize("text", ["", "   ", "?!", "hi", "ok makasih kak", "👍🏽", "x" * 100_000])
def test_a_text_that_asks_nothing_finds_nothing(searcher: Searcher, text: str) -> None:
    result = searcher.search(text)
    assert (result.passages, result.articles, result.confidence) == ((), (), 0.0)


def test_no_articles_answer_nothing() -> None:
    assert not build_searcher([], 1).search("how much is it").passages


def test_a_typical_question_makes_surer() -> None:
    def build(*questions: str) -> Searcher:
        passages = [SourcePassage(PassageId("p"), "Press the red button twice.", questions)]
        made = SourceArticle(ArticleId("a"), "Machine", "en", frozenset(), passages)
        return build_searcher([*ARTICLES, made], 1)

    asked = "how do I stop the machine"
    without, with_it = build().search(asked), build("How do I stop the machine?").search(asked)
    assert with_it.passages[0].passage_id == "p"
    assert with_it.confidence > without.confidence
    # Word for word, it is almost certain.
    assert build("How do I stop the machine?").search(asked).passage_confidence > 0.95


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("where is my parcel", "en"),
        ("paket saya di mana ya", "id"),
        ("brp lama nyampenya", "id"),
        ("wifi", None),
        ("", None),
    ],
)
def test_function_words_tell_the_language(text: str, language: str | None) -> None:
    assert detect_language(text) == language


def test_the_contacts_language_counts_for_a_question_of_no_language(searcher: Searcher) -> None:
    assert searcher.search("qris", language="id").language == "id"
    assert searcher.search("where is the office", language="id").language == "en"


def test_the_customers_language_decides_between_two_translations() -> None:
    both = [
        article("en", "Parking", "Parking is free behind the shop."),
        article("id", "Parkir", "Parkir gratis di belakang toko.", language="id"),
    ]
    found = build_searcher(both, 1)
    for question, language in (("is parking free", "en"), ("parkirnya gratis ga kak", "id")):
        assert found.search(question, language=None).passages[0].article_id == language


@pytest.mark.parametrize(
    ("question", "forms"),
    [
        ("do you sell decaf", (True, True, True)),
        ("ada kelas zumba ga", (True, True, True)),
        ("can I pay by card", (True, True, False)),
        ("how do I pay", (False, False, False)),
        ("bisa bayar berapa kali", (True, False, False)),
        ("the light is red", (False, False, False)),
    ],
)
def test_the_form_of_a_question_is_known(question: str, forms: tuple[bool, ...]) -> None:
    tell = (begins_as_yes_no, asks_yes_or_no, asks_for_thing)
    assert tuple(each(fold(question)) for each in tell) == forms


@settings(deadline=None)
@given(text=st.text(max_size=300))
def test_any_text_can_be_searched(searcher: Searcher, text: str) -> None:
    result = searcher.search(text)
    assert 0 <= result.confidence <= 1
    assert detect_language(text) in {None, "en", "id"}


@pytest.mark.parametrize(
    ("spoken", "written"), [("nyimpen", "simpan"), ("ngambil", "ambil"), ("anterin", "antar")]
)
def test_spoken_forms_share_a_stem_with_written_ones(spoken: str, written: str) -> None:
    assert set(stem(spoken)) & set(stem(written))
