"""The tokens that AI agents used or reserved, by budget; several processes share them."""

from datetime import datetime

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from db.tables.base import timestamp
from db.types import Key, Ulid


class AiTokenBudget(SQLModel, table=True):
    """The tokens of one budget: of a session, or of a day."""

    __tablename__ = "ai_token_budgets"

    budget: str = Field(sa_type=Key, primary_key=True)
    # Those that calls used, and those that calls under way have reserved.
    tokens: int = Field(default=0, sa_type=sa.BigInteger)
    # What settled calls cost, in the currency of the configured prices.
    cost: float = Field(default=0.0, sa_type=sa.Double)
    changed_at: datetime = timestamp(index=True)


class AiTokenReservation(SQLModel, table=True):
    """What one call has reserved of one budget, until it is settled."""

    __tablename__ = "ai_token_reservations"

    # The id of what calls: of the turn.
    caller: str = Field(sa_type=Ulid, primary_key=True)
    budget: str = Field(sa_type=Key, primary_key=True)
    tokens: int = Field(sa_type=sa.BigInteger)
    reserved_at: datetime = timestamp(index=True)
