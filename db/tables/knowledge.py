"""Knowledge: articles, their passages, and the questions that they answer."""

from datetime import datetime
from enum import StrEnum

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.ids import ArticleId, KnowledgeQuestionId, PassageId
from db.tables.base import new_list, primary_ulid, reference, timestamp
from db.types import Json, Key, LongText, short_enum


class QuestionState(StrEnum):
    """The state of a question; PROPOSED: a human answered it, and nobody has looked at it yet."""

    ACCEPTED = "accepted"
    PROPOSED = "proposed"
    REFUSED = "refused"


class KnowledgeArticle(SQLModel, table=True):
    """An article that customers are answered from."""

    __tablename__ = "knowledge_articles"
    __table_args__ = (sa.Index("ix_knowledge_articles_list", "created_at", "id"),)

    id: ArticleId = primary_ulid()
    title: str = Field(sa_type=sa.String(190))
    # The passages are cut out of it.
    text: str = Field(sa_type=LongText)
    language: str = Field(sa_type=sa.String(12))
    tags: list[str] = Field(default_factory=new_list, sa_type=Json, nullable=False)
    # An article that is not active is not searched.
    is_active: bool = True
    # What it was imported from; empty: written here. An import replaces the articles of its source.
    source: str = Field(default="", sa_type=sa.String(190), index=True)
    # The revision of the knowledge with this article's last change.
    revision: int = Field(default=0, sa_type=sa.BigInteger)
    created_at: datetime = timestamp()
    updated_at: datetime = timestamp()


class KnowledgePassage(SQLModel, table=True):
    """A part of an article that answers by itself. It keeps its id while its article changes."""

    __tablename__ = "knowledge_passages"

    id: PassageId = primary_ulid()
    article_id: ArticleId = reference("knowledge_articles.id", index=True)
    position: int
    text: str = Field(sa_type=LongText)


class KnowledgeQuestion(SQLModel, table=True):
    """A typical question of a passage, or one that a human answered and that may become one."""

    __tablename__ = "knowledge_questions"
    __table_args__ = (sa.Index("ix_knowledge_questions_state", "state", "created_at", "id"),)

    id: KnowledgeQuestionId = primary_ulid()
    # Empty: proposed, and no passage seemed to answer it.
    passage_id: PassageId | None = reference("knowledge_passages.id", nullable=True, index=True)
    text: str = Field(sa_type=LongText)
    state: QuestionState = Field(sa_type=short_enum(QuestionState))
    # The human's answer to a proposed question.
    answer: str | None = Field(default=None, sa_type=LongText)
    # Where a proposed question was asked. No foreign key: the erasure of a client deletes it first.
    conversation_id: str | None = Field(default=None, sa_type=Key, index=True)
    created_at: datetime = timestamp()


class KnowledgeRevision(SQLModel, table=True):
    """How often the knowledge has changed, in the one row that each change locks."""

    __tablename__ = "knowledge_revisions"

    name: str = Field(sa_type=Key, primary_key=True)
    revision: int = Field(sa_type=sa.BigInteger)
    # The revision whose texts all have vectors, and the model that made them.
    embedded_revision: int | None = Field(default=None, sa_type=sa.BigInteger)
    embedding_model: str | None = Field(default=None, sa_type=sa.String(190))


class KnowledgeEmbedding(SQLModel, table=True):
    """The vector of a text of the knowledge, as one model made it; equal texts share it."""

    __tablename__ = "knowledge_embeddings"

    model: str = Field(sa_type=sa.String(190), primary_key=True)
    # Of the text: SHA-256.
    text_hash: str = Field(sa_type=Key, primary_key=True)
    # A signed byte for each dimension, in Base64: aiomysql cannot write bytes.
    vector: str = Field(sa_type=LongText)
