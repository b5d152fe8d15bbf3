"""Log-ins: families of refresh tokens by device, second factors, password resets.

`refresh_tokens` is made anew: nothing issued any before this.

Revision ID: 0007
Revises: 0006
"""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

from db.types import Key, Ulid, UtcDateTime

revision: str = "0007"
down_revision: str | Sequence[str] | None = "0006"
branch_labels: str | Sequence[str] | None = None
depends_on: str | Sequence[str] | None = None


def upgrade() -> None:
    op.drop_table("refresh_tokens")
    op.create_table(
        "log_ins",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("last_used_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("ended_at", UtcDateTime(), nullable=True),
        sa.Column("ended_because", Key, nullable=True),
        sa.Column("address", Key, nullable=False),
        sa.Column("user_agent", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_log_ins_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_ins")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_log_ins_user_id"), "log_ins", ["user_id"], unique=False)
    op.create_index(op.f("ix_log_ins_expires_at"), "log_ins", ["expires_at"], unique=False)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("log_in_id", Ulid, nullable=False),
        sa.Column("token_hash", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("used_by", Key, nullable=True),
        sa.ForeignKeyConstraint(
            ["log_in_id"], ["log_ins.id"], name=op.f("fk_refresh_tokens_log_in_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_refresh_tokens_log_in_id"), "refresh_tokens", ["log_in_id"], unique=False
    )
    op.create_index(
        op.f("ix_refresh_tokens_expires_at"), "refresh_tokens", ["expires_at"], unique=False
    )
    op.create_table(
        "second_factors",
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("is_required", sa.Boolean(), nullable=False),
        sa.Column("secret", sa.String(255), nullable=True),
        sa.Column("confirmed_at", UtcDateTime(), nullable=True),
        sa.Column("last_step", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_second_factors_user_id")),
        sa.PrimaryKeyConstraint("user_id", name=op.f("pk_second_factors")),
        mysql_charset="utf8mb4",
    )
    op.create_table(
        "recovery_codes",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("code_hash", Key, nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_recovery_codes_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_codes")),
        sa.UniqueConstraint("code_hash", name=op.f("uq_recovery_codes_code_hash")),
        mysql_charset="utf8mb4",
    )
    op.create_index(op.f("ix_recovery_codes_user_id"), "recovery_codes", ["user_id"], unique=False)
    op.create_table(
        "password_resets",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("token_hash", Key, nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_password_resets_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_password_resets")),
        sa.UniqueConstraint("user_id", name=op.f("uq_password_resets_user_id")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_password_resets_token_hash")),
        mysql_charset="utf8mb4",
    )
    op.create_index(
        op.f("ix_password_resets_expires_at"), "password_resets", ["expires_at"], unique=False
    )


def downgrade() -> None:
    for table in (
        "password_resets",
        "recovery_codes",
        "second_factors",
        "refresh_tokens",
        "log_ins",
    ):
        op.drop_table(table)
    op.create_table(
        "refresh_tokens",
        sa.Column("id", Ulid, nullable=False),
        sa.Column("user_id", Ulid, nullable=False),
        sa.Column("token_hash", Key, nullable=False),
        sa.Column("family", Key, nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.Column("expires_at", UtcDateTime(), nullable=False),
        sa.Column("used_at", UtcDateTime(), nullable=True),
        sa.Column("revoked_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["user_id"], ["users.id"], name=op.f("fk_refresh_tokens_user_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_refresh_tokens")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_refresh_tokens_token_hash")),
        mysql_charset="utf8mb4",
    )
    for column in ("expires_at", "family", "user_id"):
        op.create_index(
            op.f(f"ix_refresh_tokens_{column}"), "refresh_tokens", [column], unique=False
        )
