"""Identities at a provider of log-ins, and log-ins there that were begun."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    """Make the tables, and let sessions say which provider has vouched for them."""
    op.create_table(
        "identity",
        sa.Column("id", _NUMBER, primary_key=True),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("account_id", _NUMBER, sa.ForeignKey("account.id"), nullable=False),
        sa.Column("display", sa.String(), nullable=False),
        sa.UniqueConstraint("issuer", "subject", name="uq_identity_subject"),
        sa.UniqueConstraint("account_id", "issuer", name="uq_identity_account"),
    )
    op.create_table(
        "begun",
        sa.Column("state_sha256", sa.String(), nullable=False),
        sa.Column("browser_sha256", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("back", sa.Text(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("at", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("state_sha256"),
    )
    op.create_index("ix_begun_at", "begun", ["at"])
    op.add_column("session", sa.Column("issuer", sa.String(), nullable=False, server_default=""))
