"""What is told of work that goes on: events, and who hears them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that has happened: in a training, a study, a batch.

    Each package has its own events, frozen data classes that can be pickled. An event in another
    process can be sent as it is, and a watcher needs only one function.
    """


@dataclass(frozen=True)
class Tick(Event):
    """Half a second has gone by, or an item has ended."""


Watcher = Callable[[Event], None]
"""A function that is called with every event, in the process that waits for the work, and ignores
those that it does not know. An exception from it ends the work."""


def unwatched(event: Event) -> None:
    """Ignore every event."""
