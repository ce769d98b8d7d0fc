"""Tables of folders that are watched, of images that could not be read, and of references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make them."""
    op.create_table(
        "unread",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("folder", sa.String(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("source", "reason", "file")),
        sa.Column("at", sa.String(), nullable=False),
    )
    op.create_index("ix_unread_folder", "unread", ["folder"])
    op.create_table(
        "watched",
        *(
            sa.Column(name, sa.String(), nullable=False)
            for name in ("folder", "specimen", "results", "signature")
        ),
        sa.PrimaryKeyConstraint("folder", "specimen"),
    )
    op.create_table(
        "reference",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("specimen_id", _NUMBER, sa.ForeignKey("specimen.id"), nullable=False),
        sa.Column("result_number", sa.Integer(), nullable=False),
        sa.Column("model", sa.String(), nullable=False),
        sa.Column("vector", sa.LargeBinary(), nullable=False),
    )
    op.create_index("ix_reference_model", "reference", ["model", "id"])
