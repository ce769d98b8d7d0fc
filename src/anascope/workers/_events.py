"""What is told of work that goes on: events, and who hears them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that has happened: in a training, a study, a batch.

    Each package has events of its own, frozen data classes that can be pickled. So one that
    happens in another process is sent as it is, and whoever looks on needs one function only.
    """


@dataclass(frozen=True)
class Tick(Event):
    """Half a second has gone by, or an item has ended."""


Watcher = Callable[[Event], None]
"""Is called with every event, in the process that waits for the work, and passes over those that
it does not know. What it raises ends the work."""


def unwatched(event: Event) -> None:
    """Tell nobody."""
