"""What every executor does, wherever it works."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from anascope.errors import InputError
from anascope.workers import Event, Executor, Tick, Unsendable, WorkerDied
from tests.unit.workers.work import (
    Dying,
    Loading,
    Staying,
    fail_at_two,
    raise_picky,
    slow_first,
    square,
)


class ExecutorContract:
    """Tests to inherit, with a fixture ``executor`` that works on two items at a time."""

    def test_every_item_comes_back_once(self, executor: Executor) -> None:
        results = list(executor.map(square, range(40)))
        assert sorted((result.item, result.get()) for result in results) == [
            (number, number * number) for number in range(40)
        ]
        assert list(executor.map(square, [])) == []

    def test_in_order_if_that_is_asked_for(self, executor: Executor) -> None:
        results = executor.map(slow_first, range(12), in_order=True)
        assert [result.item for result in results] == list(range(12))

    def test_items_are_taken_as_there_is_room(self, executor: Executor) -> None:
        """Of an endless list, whether or not the first one holds up the others."""
        for in_order in (False, True):
            taken = 0

            def count() -> Iterator[int]:
                nonlocal taken
                while True:
                    taken += 1
                    yield taken - 1

            with closing(executor.map(slow_first, count(), in_order=in_order)) as results:
                for used in range(30):
                    next(results)
                    assert taken - used <= 2 * executor.slots + 9

    def test_what_fails_costs_its_own_item(self, executor: Executor) -> None:
        by_item = {result.item: result for result in executor.map(fail_at_two, range(4))}
        error = by_item.pop(2).error
        assert isinstance(error, InputError)
        assert (error.where, error.found, error.expected) == (
            "two.tif",
            "an odd file",
            "an even one",
        )
        assert {result.get() for result in by_item.values()} == {0, 1, 3}
        with pytest.raises(InputError, match=r"two\.tif: an odd file; expected an even one"):
            next(executor.map(fail_at_two, [2])).get()

    def test_what_is_loaded_for_an_item_is_kept_for_others(
        self, executor: Executor, tmp_path: Path
    ) -> None:
        results = list(executor.map(Loading(tmp_path), range(8)))
        assert {result.get() for result in results} == set(range(100, 108))
        loaded = list(tmp_path.iterdir())
        assert 1 <= len(loaded) <= executor.slots
        assert all(path.read_text() == "x" for path in loaded)

    def test_whoever_looks_on_is_told_ticks_and_may_end_it(self, executor: Executor) -> None:
        events: list[Event] = []
        list(executor.map(square, range(3), watcher=events.append))
        assert events[-1] == Tick()

        def stop(event: Event) -> None:
            raise KeyError

        with pytest.raises(KeyError):
            list(executor.map(square, range(3), watcher=stop))
        assert [result.get() for result in executor.map(square, [3])] == [9]


class OtherProcessesContract(ExecutorContract):
    """What an executor does besides that works in other processes and begins an item twice."""

    def test_an_exception_or_value_that_cannot_be_sent_is_said(self, executor: Executor) -> None:
        results = {result.item: result for result in executor.map(raise_picky, range(4))}
        assert isinstance(results[1].error, Unsendable)
        assert str(results[1].error) == "Picky: no way"
        assert results[2].error is not None
        assert "lambda" in str(results[2].error)
        assert [results[number].get() for number in (0, 3)] == [0, 3]

    def test_the_traceback_comes_along(self, executor: Executor) -> None:
        (result,) = executor.map(fail_at_two, [2])
        assert result.error is not None
        assert "in fail_at_two" in str(result.error.__cause__)

    def test_a_dead_worker_costs_its_own_item(self, executor: Executor, tmp_path: Path) -> None:
        work = Dying(tmp_path, (0, 1, 9, 0, 0, 0))
        results = {result.item: result for result in executor.map(work, range(6))}
        error = results.pop(2).error
        assert isinstance(error, WorkerDied)
        assert "died 2 times" in str(error)
        assert all(result.get() == item for item, result in results.items())
        attempts = {path.name: len(path.read_text()) for path in tmp_path.iterdir()}
        assert attempts == {"0": 1, "1": 2, "2": 2, "3": 1, "4": 1, "5": 1}

    @pytest.fixture
    def heard(self) -> Iterator[None]:
        """Hear interrupts, which whoever started the tests in the background has switched off."""
        before = signal.signal(signal.SIGINT, signal.default_int_handler)
        yield
        signal.signal(signal.SIGINT, before)

    @pytest.mark.usefixtures("heard")
    def test_an_interrupt_ends_all(self, executor: Executor, tmp_path: Path) -> None:
        def interrupt(event: Event) -> None:
            if len(list(tmp_path.iterdir())) == 2:
                signal.raise_signal(signal.SIGINT)

        began = time.monotonic()
        with (
            pytest.raises(KeyboardInterrupt),
            closing(executor.map(Staying(tmp_path), range(9), watcher=interrupt)) as results,
        ):
            next(results)
        while any(is_alive(int(path.name)) for path in tmp_path.iterdir()):
            assert time.monotonic() - began < 60
            time.sleep(0.05)


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
