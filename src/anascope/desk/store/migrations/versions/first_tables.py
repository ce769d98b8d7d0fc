"""The first tables, and the triggers that let some of them only grow."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import VARCHAR

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_SORTED = sa.String().with_variant(VARCHAR(collation="C"), "postgresql")
_GROWING = ("trail", "reading", "result", "signature")


def upgrade() -> None:
    """Make them."""
    _make_accounts()
    _make_specimens()
    _make_records()
    if op.get_bind().dialect.name == "sqlite":
        _guard_sqlite()
    else:
        _guard_postgresql()


def _column(name: str, kind: Any = None) -> sa.Column[Any]:
    return sa.Column(name, kind or sa.String(), nullable=False)


def _number(name: str, of: str | None = None) -> sa.Column[Any]:
    keys = () if of is None else (sa.ForeignKey(f"{of}.id"),)
    return sa.Column(name, _NUMBER, *keys, nullable=False)


def _make_accounts() -> None:
    op.create_table("setting", _column("key"), _column("value"), sa.PrimaryKeyConstraint("key"))
    op.create_table(
        "account",
        sa.Column("id", _NUMBER, primary_key=True),
        *map(_column, ("name", "key", "role", "password_hash")),
        _column("active", sa.Boolean()),
        _column("created_at"),
        sa.UniqueConstraint("key", name="uq_account_key"),
    )
    op.create_table(
        "session",
        _column("token_sha256"),
        _number("account_id", "account"),
        *map(_column, ("created_at", "seen_at", "expires_at")),
        sa.PrimaryKeyConstraint("token_sha256"),
    )
    op.create_index("ix_session_account_id", "session", ["account_id"])
    op.create_table(
        "attempt",
        sa.Column("id", _NUMBER, primary_key=True),
        *map(_column, ("key", "address", "at")),
    )
    op.create_index("ix_attempt_at", "attempt", ["at"])


def _make_specimens() -> None:
    op.create_table(
        "batch",
        sa.Column("id", _NUMBER, primary_key=True),
        *map(_column, ("folder", "imported_at")),
        sa.UniqueConstraint("folder", name="uq_batch_folder"),
    )
    counts = ("cells", "fields", "flagged", "version")
    numbers = ("reading_number", "result_number", "signed_number", "signatures")
    op.create_table(
        "specimen",
        sa.Column("id", _NUMBER, primary_key=True),
        _number("batch_id", "batch"),
        _column("name"),
        _column("name_folded", _SORTED),
        _column("name_key", _SORTED),
        _column("state"),
        _column("attention", sa.Integer()),
        _column("pattern"),
        _column("intensity"),
        sa.Column("probability", sa.Float(), nullable=True),
        *(_column(name, sa.Integer()) for name in (*counts, *numbers)),
        _column("changed_at"),
        sa.UniqueConstraint("batch_id", "name", name="uq_specimen_name"),
    )
    indices = {
        "attention": ("attention", "name_key", "id", "state"),
        "name": ("name_key", "id", "state", "attention"),
        "state": ("state", "attention", "name_key", "id"),
    }
    filtered = ("batch_id", "pattern", "intensity", "name_folded")
    sorted_by = {"state": ("probability", "cells", "changed_at")}
    for name, columns in indices.items():
        further = sorted_by.get(name, ())
        op.create_index(f"ix_specimen_{name}", "specimen", [*columns, *filtered, *further])


def _make_records() -> None:
    op.create_table(
        "reading",
        sa.Column("id", _NUMBER, primary_key=True),
        _number("specimen_id", "specimen"),
        _column("number", sa.Integer()),
        _column("content", sa.Text()),
        _column("essence_sha256"),
        _number("seq"),
        sa.UniqueConstraint("specimen_id", "number", name="uq_reading_number"),
    )
    op.create_table(
        "result",
        sa.Column("id", _NUMBER, primary_key=True),
        _number("specimen_id", "specimen"),
        _column("number", sa.Integer()),
        _column("reading_number", sa.Integer()),
        _column("content", sa.Text()),
        _number("seq"),
        sa.UniqueConstraint("specimen_id", "number", name="uq_result_number"),
    )
    op.create_table(
        "signature",
        sa.Column("id", _NUMBER, primary_key=True),
        _number("specimen_id", "specimen"),
        _column("result_number", sa.Integer()),
        _column("place", sa.Integer()),
        _column("content", sa.Text()),
        _number("seq"),
        sa.UniqueConstraint("specimen_id", "result_number", "place", name="uq_signature_place"),
    )
    op.create_table(
        "trail",
        sa.Column("seq", _NUMBER, nullable=False, autoincrement=False),
        *map(_column, ("at", "who", "what", "subject")),
        *(_column(name, sa.Text()) for name in ("before", "after")),
        *map(_column, ("software", "model")),
        _column("images", sa.Text()),
        *map(_column, ("previous", "hash")),
        sa.PrimaryKeyConstraint("seq"),
    )
    op.create_index("ix_trail_subject", "trail", ["subject", "seq"])


def _guard_sqlite() -> None:
    for table in _GROWING:
        for action in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{action.lower()} BEFORE {action} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are never changed or removed'); END"
            )
    op.execute(
        "CREATE TRIGGER trail_in_order BEFORE INSERT ON trail "
        "WHEN NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM trail) "
        "BEGIN SELECT RAISE(ABORT, 'the trail goes on where it ends'); END"
    )


def _guard_postgresql() -> None:
    op.execute(
        "CREATE FUNCTION only_grows() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "RAISE EXCEPTION 'rows of % are never changed or removed', TG_TABLE_NAME "
        "USING ERRCODE = 'integrity_constraint_violation'; END $$"
    )
    op.execute(
        "CREATE FUNCTION trail_in_order() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF NEW.seq <> (SELECT COALESCE(MAX(seq), 0) + 1 FROM trail) THEN "
        "RAISE EXCEPTION 'the trail goes on where it ends' "
        "USING ERRCODE = 'integrity_constraint_violation'; END IF; RETURN NEW; END $$"
    )
    for table in _GROWING:
        op.execute(
            f"CREATE TRIGGER {table}_only_grows BEFORE UPDATE OR DELETE ON {table} "
            "FOR EACH ROW EXECUTE FUNCTION only_grows()"
        )
        op.execute(
            f"CREATE TRIGGER {table}_not_emptied BEFORE TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION only_grows()"
        )
    op.execute(
        "CREATE TRIGGER trail_in_order BEFORE INSERT ON trail "
        "FOR EACH ROW EXECUTE FUNCTION trail_in_order()"
    )
