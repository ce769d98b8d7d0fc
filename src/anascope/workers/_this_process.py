"""Work in this process, one item after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from anascope.workers._executor import Crew, Ended, Executor
from anascope.workers._result import Reply


class ThisProcess(Executor):
    """Works in this process, on an item when its result is asked for."""

    @property
    def slots(self) -> int:
        """How many items are worked on at the same time."""
        return 1

    @contextmanager
    def crew(self, work: Callable[[Any], Any]) -> Iterator[Crew]:
        """Return this process as the only worker."""
        yield _Alone(work)


class _Alone:
    def __init__(self, work: Callable[[Any], Any]) -> None:
        self._work = work
        self._begun: list[tuple[int, Any]] = []

    def limit(self) -> int:
        return 1

    def begin(self, number: int, item: Any) -> None:
        self._begun.append((number, item))

    def ended(self, seconds: float) -> list[Ended]:
        number, item = self._begun.pop()
        try:
            return [(number, Reply(self._work(item)))]
        except Exception as error:  # costs this item alone, as elsewhere
            return [(number, Reply(error=error))]
