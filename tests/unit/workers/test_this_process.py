"""Work in this process."""

from __future__ import annotations

import os

import pytest

from anascope.workers import ThisProcess, local
from tests.unit.workers.contract import ExecutorContract


class TestThisProcess(ExecutorContract):
    @pytest.fixture
    def executor(self) -> ThisProcess:
        return ThisProcess()

    def test_an_item_is_worked_on_when_its_result_is_asked_for(self) -> None:
        done: list[int] = []
        results = ThisProcess().map(done.append, range(5))
        assert done == []
        next(results)
        assert done == [0]

    def test_it_is_what_one_job_means(self) -> None:
        (result,) = local(1).map(lambda _: os.getpid(), [0])
        assert result.get() == os.getpid()
