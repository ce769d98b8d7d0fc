"""Times in the database: UTC, as text that sorts as times do and is the same everywhere."""

from __future__ import annotations

import datetime

_FORM = "%Y-%m-%dT%H:%M:%S.%fZ"


def utc_now() -> datetime.datetime:
    """Return the time, in UTC."""
    return datetime.datetime.now(datetime.UTC)


def as_stamp(time: datetime.datetime) -> str:
    """Return a time as the database has it, to the microsecond.

    >>> as_stamp(datetime.datetime(2026, 3, 1, 12, tzinfo=datetime.UTC))
    '2026-03-01T12:00:00.000000Z'
    """
    return time.astimezone(datetime.UTC).strftime(_FORM)


def as_time(stamp: str) -> datetime.datetime:
    """Return the time that :func:`as_stamp` wrote."""
    return datetime.datetime.strptime(stamp, _FORM).replace(tzinfo=datetime.UTC)
