"""Work in processes of this machine."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from anascope.environment import usable_cores
from anascope.workers import Processes, local
from tests.refusals import refused
from tests.unit.workers.contract import OtherProcessesContract
from tests.unit.workers.work import process_and_threads

pytestmark = pytest.mark.timeout(120)


class TestProcesses(OtherProcessesContract):
    @pytest.fixture
    def executor(self) -> Processes:
        return Processes(2, threads=1, retries=1)


def test_processes_live_on_and_share_the_cores() -> None:
    found = {result.get() for result in local(2).map(process_and_threads, range(6))}
    assert len({pid for pid, _ in found} - {os.getpid()}) <= 2
    assert {threads for _, threads in found} == {str(max(1, usable_cores() // 2))}


def test_work_that_cannot_be_sent_ends_at_once_and_an_item_costs_itself() -> None:
    with pytest.raises(Exception, match="lambda"):
        list(Processes(1).map(lambda number: number, [1, 2]))
    first, second = Processes(1).map(str, [lambda: 1, 2], in_order=True)
    assert "lambda" in str(first.error)
    assert second.get() == "2"


def test_no_jobs_are_refused() -> None:
    with refused(where="jobs", found="0", expected="at least 1"):
        Processes(0)


@pytest.mark.parametrize("threads", [0, 10**5])
def test_a_number_of_threads_that_cannot_be_is_refused(threads: int) -> None:
    with refused(where="threads", found=str(threads), expected="1 to ..."):
        Processes(1, threads=threads)


def test_a_script_without_a_main_guard_is_told_of_it(tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(
        "from anascope.workers import Processes\n"
        "for result in Processes(1, retries=0).map(abs, [-1]): print(result.error)\n"
    )
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert "died once" in done.stdout
    assert 'a script without `if __name__ == "__main__":`' in done.stdout
