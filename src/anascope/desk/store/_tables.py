"""The tables. Their form in a database is made by the migrations, which a test compares with these.

Rows of ``trail``, ``reading``, ``result`` and ``signature`` are only ever added: triggers refuse
all else. ``seq`` of the last three names their entry of the trail.
"""

from __future__ import annotations

from sqlalchemy import BigInteger, Index, Integer, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.dialects.postgresql import VARCHAR
from sqlmodel import Field, SQLModel

SORTED = String().with_variant(VARCHAR(collation="C"), "postgresql")
"""Text that sorts by its letters' numbers, on every server alike."""

NUMBER = BigInteger().with_variant(Integer(), "sqlite")
"""A row's number; SQLite counts rows by itself in a column of this very type alone."""

_FILTERED = ("batch_id", "pattern", "intensity", "name_folded")
_SORTED_BY = ("probability", "cells", "changed_at")


class SettingRow(SQLModel, table=True):
    """What the laboratory has set."""

    __tablename__ = "setting"

    key: str = Field(primary_key=True)
    value: str


class AccountRow(SQLModel, table=True):
    """A user; none is ever removed, so that a name in the trail stays that of one person."""

    __tablename__ = "account"
    __table_args__ = (UniqueConstraint("key", name="uq_account_key"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    name: str
    key: str
    role: str
    password_hash: str
    active: bool
    created_at: str


class SessionRow(SQLModel, table=True):
    """Somebody who is logged in. The token itself is known to the browser alone."""

    __tablename__ = "session"

    token_sha256: str = Field(primary_key=True)
    account_id: int = Field(foreign_key="account.id", index=True, sa_type=NUMBER)
    created_at: str
    seen_at: str
    expires_at: str
    issuer: str = Field(default="", sa_column_kwargs={"server_default": ""})


class IdentityRow(SQLModel, table=True):
    """Whom a provider of log-ins knows under a subject, and the account that this person has."""

    __tablename__ = "identity"
    __table_args__ = (
        UniqueConstraint("issuer", "subject", name="uq_identity_subject"),
        UniqueConstraint("account_id", "issuer", name="uq_identity_account"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    issuer: str
    subject: str
    account_id: int = Field(foreign_key="account.id", sa_type=NUMBER)
    display: str


class BegunRow(SQLModel, table=True):
    """A log-in that was begun and that the provider has not answered yet."""

    __tablename__ = "begun"

    state_sha256: str = Field(primary_key=True)
    browser_sha256: str
    nonce: str
    verifier: str
    back: str = Field(sa_type=Text)
    address: str
    at: str = Field(index=True)


class AttemptRow(SQLModel, table=True):
    """A try to log in, kept for as long as it counts."""

    __tablename__ = "attempt"

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    key: str
    address: str
    at: str = Field(index=True)


class BatchRow(SQLModel, table=True):
    """A folder of results."""

    __tablename__ = "batch"
    __table_args__ = (UniqueConstraint("folder", name="uq_batch_folder"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    folder: str
    imported_at: str


class UnreadRow(SQLModel, table=True):
    """An image that could not be read, for as long as that is so."""

    __tablename__ = "unread"
    __table_args__ = (Index("ix_unread_folder", "folder"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    folder: str
    source: str = Field(sa_type=Text)
    reason: str = Field(sa_type=Text)
    file: str = Field(sa_type=Text)
    at: str


class WatchedRow(SQLModel, table=True):
    """A specimen in a folder that is watched: where its results are, and of which images.

    ``signature`` is empty until these results have been brought in.
    """

    __tablename__ = "watched"

    folder: str = Field(primary_key=True)
    specimen: str = Field(primary_key=True)
    results: str
    signature: str


class SpecimenRow(SQLModel, table=True):
    """A specimen as the worklist shows it; narrow, as hundreds of thousands are looked through."""

    __tablename__ = "specimen"
    __table_args__ = (
        UniqueConstraint("batch_id", "name", name="uq_specimen_name"),
        # Each holds all that is filtered by, so that a filter never looks at the rows themselves.
        Index("ix_specimen_attention", "attention", "name_key", "id", "state", *_FILTERED),
        Index("ix_specimen_name", "name_key", "id", "state", "attention", *_FILTERED),
        Index("ix_specimen_state", "state", "attention", "name_key", "id", *_FILTERED, *_SORTED_BY),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    batch_id: int = Field(foreign_key="batch.id", sa_type=NUMBER)
    name: str
    name_folded: str = Field(sa_type=SORTED)
    name_key: str = Field(sa_type=SORTED)
    state: str
    attention: int
    pattern: str
    intensity: str
    probability: float | None = None
    cells: int
    fields: int
    flagged: int
    version: int
    reading_number: int
    result_number: int
    signed_number: int
    signatures: int
    changed_at: str


class ReadingRow(SQLModel, table=True):
    """What anascope read of a specimen, as it was brought in."""

    __tablename__ = "reading"
    __table_args__ = (UniqueConstraint("specimen_id", "number", name="uq_reading_number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    specimen_id: int = Field(foreign_key="specimen.id", sa_type=NUMBER)
    number: int
    content: str = Field(sa_type=Text)
    essence_sha256: str
    seq: int = Field(sa_type=NUMBER)


class ResultRow(SQLModel, table=True):
    """A version of what readers found of a specimen."""

    __tablename__ = "result"
    __table_args__ = (UniqueConstraint("specimen_id", "number", name="uq_result_number"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    specimen_id: int = Field(foreign_key="specimen.id", sa_type=NUMBER)
    number: int
    reading_number: int
    content: str = Field(sa_type=Text)
    seq: int = Field(sa_type=NUMBER)


class SignatureRow(SQLModel, table=True):
    """A signature under a version."""

    __tablename__ = "signature"
    __table_args__ = (
        UniqueConstraint("specimen_id", "result_number", "place", name="uq_signature_place"),
    )

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    specimen_id: int = Field(foreign_key="specimen.id", sa_type=NUMBER)
    result_number: int
    place: int
    content: str = Field(sa_type=Text)
    seq: int = Field(sa_type=NUMBER)


class ReferenceRow(SQLModel, table=True):
    """What a signed specimen is compared by: a row for each version that was signed."""

    __tablename__ = "reference"
    __table_args__ = (Index("ix_reference_model", "model", "id"),)

    id: int | None = Field(default=None, primary_key=True, sa_type=NUMBER)
    specimen_id: int = Field(foreign_key="specimen.id", sa_type=NUMBER)
    result_number: int
    model: str
    vector: bytes = Field(sa_type=LargeBinary)


class EntryRow(SQLModel, table=True):
    """An entry of the trail."""

    __tablename__ = "trail"
    __table_args__ = (Index("ix_trail_subject", "subject", "seq"),)

    seq: int = Field(primary_key=True, sa_type=NUMBER, sa_column_kwargs={"autoincrement": False})
    at: str
    who: str
    what: str
    subject: str
    before: str = Field(sa_type=Text)
    after: str = Field(sa_type=Text)
    software: str
    model: str
    images: str = Field(sa_type=Text)
    previous: str
    hash: str
