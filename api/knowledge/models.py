"""Schemas of knowledge."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from api.channels.models import Language
from api.schemas.base import Line, QueryModel, RequestBody, ResponseModel, SearchText, Text, Ulid
from api.schemas.pagination import PageQuery
from db.tables import QuestionState
from desk.knowledge.limits import (
    MAX_ARTICLE_QUESTIONS,
    MAX_ASKED,
    MAX_FILE_BYTES,
    MAX_PASSAGES,
    MAX_QUESTION,
    MAX_TAG,
    MAX_TAGS,
    MAX_TEXT,
    MAX_TITLE,
)

Title = Annotated[Line, Field(max_length=MAX_TITLE)]
ArticleText = Annotated[
    Text, Field(max_length=MAX_TEXT, description="a blank line separates passages")
]
Tag = Annotated[Line, Field(max_length=MAX_TAG)]
Tags = Annotated[list[Tag], Field(max_length=MAX_TAGS)]
QuestionText = Annotated[Line, Field(max_length=MAX_QUESTION)]


class TypicalQuestionBody(RequestBody):
    """A question that a passage answers, as customers would ask it."""

    passage: int = Field(ge=0, lt=MAX_PASSAGES, description="number of the passage, from 0")
    text: QuestionText


TypicalQuestions = Annotated[list[TypicalQuestionBody], Field(max_length=MAX_ARTICLE_QUESTIONS)]


class ArticleBrief(ResponseModel):
    """An article without its text."""

    id: Ulid
    title: str
    language: str
    tags: list[str]
    is_active: bool = Field(description="false: it is kept, and not searched")
    source: str | None = Field(description="the file that it was imported from")
    revision: int = Field(description="revision of the knowledge with its last change")
    created_at: datetime
    updated_at: datetime


class PassageOut(ResponseModel):
    """A part of an article that answers by itself."""

    id: Ulid
    text: str
    questions: list[str] = Field(description="typical questions")


class ArticleOut(ArticleBrief):
    """An article with its passages."""

    text: str
    passages: list[PassageOut]


class ArticleQuery(PageQuery):
    """Which articles to list."""

    language: Language | None = None
    is_active: bool | None = None
    q: SearchText | None = Field(default=None, description="text in the title or the text")


class NewArticle(RequestBody):
    """A new article."""

    title: Title
    text: ArticleText
    language: Language
    tags: Tags = Field(default_factory=list)
    questions: TypicalQuestions = Field(default_factory=list)
    is_active: bool = True


class ArticleChanges(RequestBody):
    """Changes of an article; omitted fields stay as they are.

    Passages with the same text keep their ids and their typical questions.
    """

    title: Title | None = None
    text: ArticleText | None = None
    language: Language | None = None
    tags: Tags | None = None
    questions: TypicalQuestions | None = Field(
        default=None, description="replace all typical questions of the article"
    )
    is_active: bool | None = None


class ImportForm(RequestBody):
    """A file as a form."""

    file: Annotated[
        str,
        Field(
            max_length=MAX_FILE_BYTES,
            description="its name tells the format: .md, .txt, .html, .pdf, .csv",
            json_schema_extra={"format": "binary"},
        ),
    ]


class ImportQuery(QueryModel):
    """What all articles of an import have."""

    language: Language = Field(description="where the file names no other")
    tags: Tags = Field(default_factory=list)


class SearchBody(RequestBody):
    """A question, as a customer would write it."""

    question: Annotated[Text, Field(max_length=MAX_ASKED)]
    language: Language | None = Field(
        default=None, description="the customer's, for questions of no language"
    )
    tags: Tags | None = Field(default=None, description="only articles with one of these")
    limit: Annotated[int, Field(ge=1, le=20)] = 3


class FoundPassageOut(ResponseModel):
    """A passage that was found."""

    passage_id: Ulid
    article_id: Ulid
    title: str
    text: str
    language: str
    score: float = Field(description="orders the passages of this search, and means no more")


class SearchOut(ResponseModel):
    """What was found, and what an agent without a model would do with it."""

    decision: Literal["answer", "offer", "handover"]
    confidence: float = Field(description="probability that the first article answers")
    threshold: float = Field(description="confidence from which it is answered")
    language: str | None = Field(description="language of the question")
    revision: int
    passages: list[FoundPassageOut]
    articles: list[FoundPassageOut] = Field(
        description="the best passage of each of the best articles: those that are offered"
    )


class QuestionQuery(PageQuery):
    """Which questions to list."""

    state: QuestionState = QuestionState.PROPOSED


class QuestionOut(ResponseModel):
    """A question that a human answered, or a typical one."""

    id: Ulid
    state: QuestionState
    text: str
    answer: str | None = Field(description="the human's answer")
    passage_id: Ulid | None = Field(description="the passage that seems to answer it")
    article_id: Ulid | None
    conversation_id: Ulid | None = Field(description="where it was asked")
    created_at: datetime


class AcceptBody(RequestBody):
    """How a proposed question becomes a typical one."""

    passage_id: Ulid | None = Field(default=None, description="null: the proposed one")
    text: QuestionText | None = Field(
        default=None, description="how to ask it instead, such as without a name"
    )
