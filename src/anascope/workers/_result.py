"""What becomes of an item, and how that is sent from a worker."""

from __future__ import annotations

import pickle
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

from anascope.errors import AnascopeError

Item = TypeVar("Item")
Value = TypeVar("Value")


class WorkerDied(AnascopeError):
    """The worker of an item died each time that the item was begun."""


class Unsendable(AnascopeError):
    """Replaces an exception or a value that cannot be sent between processes."""


@dataclass(frozen=True)
class Result(Generic[Item, Value]):
    """The outcome of an item.

    Attributes:
        item: The item.
        value: What the work returned.
        error: What it raised instead, with the traceback as its cause if that was in another
            process; :class:`WorkerDied` if nothing came back.
    """

    item: Item
    value: Value | None = None
    error: Exception | None = None

    def get(self) -> Value:
        """Return what the work returned, or raise what it raised."""
        if self.error is not None:
            raise self.error
        return cast(Value, self.value)


class RemoteTraceback(Exception):
    """The traceback of an exception that another process raised, as text."""


@dataclass(frozen=True)
class Reply:
    """What a worker sends back: a value, or an error with its traceback."""

    value: Any = None
    error: Exception | None = None
    trace: str = ""

    def raised(self) -> Exception | None:
        """Return the error, with its traceback as its cause."""
        if self.error is not None and self.trace:
            self.error.__cause__ = RemoteTraceback(f"\n{self.trace}")
        return self.error


def reply_of(work: Callable[[Any], Any], item: Any) -> bytes:
    """Do the work on an item, in a worker, and return a :class:`Reply` that can be sent."""
    try:
        return pickle.dumps(Reply(work(item)))
    except Exception as error:  # of the work, or of a value that cannot be pickled
        return pickle.dumps(Reply(error=_sendable(error), trace=traceback.format_exc()))


def _sendable(error: Exception) -> Exception:
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:  # whatever its class does when it is pickled
        return Unsendable(f"{type(error).__name__}: {error}")
    return error
