"""An entry of the trail, and its hash."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from anascope.files import sha256_of

BEGINNING = "0" * 64
"""Stands for the hash before the first entry."""


class What(StrEnum):
    """What was done."""

    SETTING = "setting changed"
    ACCOUNT = "account added"
    ROLE = "role changed"
    PASSWORD = "password changed"
    ACTIVE = "account switched on or off"
    IDENTITY = "identity linked"
    DISPLAY = "displayed name changed"
    LOGGED_IN = "logged in"
    FOLDER = "folder moved"
    READING = "reading brought in"
    NOT_READ = "image not read"
    REVIEW = "review begun"
    RESULT = "result written"
    SIGNATURE = "signed"


@dataclass(frozen=True, slots=True)
class Change:
    """Something that was done, to be written down.

    Attributes:
        what: What it was.
        subject: What it was done to, such as ``specimen 12`` (its number) or ``account ana``.
        before, after: From what to what; text, or JSON (:func:`as_text`). Empty where there is
            nothing.
        model: Identity of the model whose reading it is about, or empty.
        images: SHA-256 of the image files that it is about, in the order of the fields.
    """

    what: What
    subject: str
    before: str = ""
    after: str = ""
    model: str = ""
    images: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Entry:
    """What stands in the trail of one change.

    Attributes:
        seq: Its number, from 1, without gaps.
        at: When, UTC (``2026-03-01T12:00:00.000000Z``).
        who: Name of the user.
        what: As of :class:`Change`; so are ``subject``, ``before``, ``after``, ``model`` and
            ``images``.
        software: Version of anascope that wrote it.
        hash: Its own hash, of all of this and of the hash before it.
    """

    seq: int
    at: str
    who: str
    what: str
    subject: str
    before: str
    after: str
    software: str
    model: str
    images: tuple[str, ...]
    hash: str


HASHED = (
    "seq",
    "at",
    "who",
    "what",
    "subject",
    "before",
    "after",
    "software",
    "model",
    "images",
    "previous",
)
"""Columns of an entry that its hash is made of, in this order: all but the hash."""


def hash_of(values: Sequence[int | str]) -> str:
    """Return the hash of an entry, of the values of :data:`HASHED`.

    No two different entries are the same text: JSON marks where a value ends.
    """
    return sha256_of(json.dumps(list(values), ensure_ascii=True, separators=(",", ":")).encode())


def as_text(value: Any) -> str:
    """Return a value as JSON that is the same for the same value.

    >>> as_text({"b": 1, "a": "é"})
    '{"a":"é","b":1}'
    """
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
