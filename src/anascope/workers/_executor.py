"""Where work is done: the one interface of this process, of others, and of clusters."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections import Counter, deque
from collections.abc import Callable, Generator, Iterable
from contextlib import AbstractContextManager
from typing import Any, Protocol, Self

from anascope.workers._events import Tick, Watcher, unwatched
from anascope.workers._result import Item, Reply, Result, Value, WorkerDied

_TICK = 0.5  # seconds between two looks at what has ended

Ended = tuple[int, Reply | str]
"""An item by its number, and the reply; a text says how its worker died."""


class Crew(Protocol):
    """The workers of one piece of work."""

    def limit(self) -> int:
        """Return how many items keep all workers busy."""

    def begin(self, number: int, item: Any) -> None:
        """Take an item; returns at once."""

    def ended(self, seconds: float) -> list[Ended]:
        """Return the items that have ended since the last call; wait at most so long for one."""


class Executor(ABC):
    """Does work on items, each of which comes back exactly once.

    Use it as a context manager if it holds something, such as a connection to a cluster.

    Args:
        retries: How often an item whose worker died is begun again.

    Attributes:
        elsewhere: Whether work may be done on other machines than this one.
    """

    elsewhere = False

    def __init__(self, retries: int = 3) -> None:
        self.retries = retries

    @property
    @abstractmethod
    def slots(self) -> int:
        """How many items are worked on at the same time."""

    @property
    def has_gpus(self) -> bool:
        """Whether work may find a GPU."""
        return True

    @abstractmethod
    def crew(self, work: Callable[[Any], Any]) -> AbstractContextManager[Crew]:
        """Return workers that do ``work``; leaving the context ends what still runs."""

    def close(self) -> None:  # noqa: B027 - most hold nothing
        """Release what the executor holds."""

    def map(
        self,
        work: Callable[[Item], Value],
        items: Iterable[Item],
        *,
        in_order: bool = False,
        watcher: Watcher = unwatched,
    ) -> Generator[Result[Item, Value], None, None]:
        """Do ``work`` on every item and yield the results as they end.

        Closing the iterator ends what still runs; so does an exception that passes through it,
        such as Ctrl-C. Where another may come while it waits for its next turn, close it with
        :func:`contextlib.closing`.

        Args:
            work: The function for an item. Each worker has its own copy, which lives as long as the
                worker: what it loads for its first item is available for the others.
            items: Taken as there is room for them; memory does not grow with their number.
            in_order: Whether results come in the order of the items. One that takes long then
                holds up those behind it.
            watcher: Gets a :class:`Tick` at every look.
        """
        waiting = enumerate(items)
        again: deque[int] = deque()
        in_hand: dict[int, Item] = {}  # begun, and not yet handed on
        ready: dict[int, Result[Item, Value]] = {}
        deaths: Counter[int] = Counter()
        first = 0  # the next to be handed on, if that is in order
        with self.crew(work) as crew:
            while True:
                while again:
                    number = again.popleft()
                    crew.begin(number, in_hand[number])
                limit = crew.limit()
                while len(in_hand) < limit and (following := next(waiting, None)) is not None:
                    number, in_hand[following[0]] = following
                    crew.begin(*following)
                if not in_hand:
                    return
                for number, reply in crew.ended(_TICK):
                    if isinstance(reply, str):
                        deaths[number] += 1
                        if deaths[number] <= self.retries:
                            again.append(number)
                            continue
                        times = f"{deaths[number]} times" if self.retries else "once"
                        reply = Reply(error=WorkerDied(reply.format(times=times)))
                    ready[number] = Result(in_hand[number], reply.value, reply.raised())
                while ready and (not in_order or first in ready):
                    number = first if in_order else next(iter(ready))
                    del in_hand[number]
                    first += 1
                    yield ready.pop(number)
                watcher(Tick())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: Any) -> None:
        self.close()
