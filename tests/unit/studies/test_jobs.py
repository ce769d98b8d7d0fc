"""As many runs at a time as the machine has room for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch

from anascope.studies import Job, StudyFolder, _jobs, jobs_that_fit
from anascope.training import run_memory
from tests.pretended import made_up_study, pretend

GRID: dict[str, Any] = {"factors": {}, "settings": [{"network.width": 8}, {"network.width": 32}]}


@pytest.fixture
def study(tmp_path: Path) -> StudyFolder:
    """Four runs."""
    return made_up_study(tmp_path, folds={"count": 2}, **GRID)


def test_memory_and_cores_decide(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    cohort, device = study.open_cohort(), torch.device("cpu")
    largest = max(run_memory(run.preset, cohort, device) for run in study.runs)

    def fit(memory: float | None, cores: int) -> int:
        free = None if memory is None else int(memory * largest)
        monkeypatch.setattr(_jobs, "available_memory", lambda: free)
        monkeypatch.setattr(_jobs, "usable_cores", lambda: cores)
        return jobs_that_fit(study, "cpu")

    assert fit(2.5, 16) == 2
    assert fit(100, 3) == 3
    assert fit(100, 16) == 4  # no more than there are runs
    assert fit(0.1, 16) == 1
    assert fit(None, 3) == 3  # where nobody knows
    pretend(Job(study.layout, study.runs[0], study.cohort_path))
    assert fit(100, 16) == 3


def test_on_a_gpu_its_memory_decides(study: StudyFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    gpu = torch.device("cuda")
    largest = max(run_memory(run.preset, study.open_cohort(), gpu) for run in study.runs)
    monkeypatch.setattr(_jobs, "torch_device", lambda accelerator: gpu)
    monkeypatch.setattr(_jobs, "usable_cores", lambda: 16)
    monkeypatch.setattr(_jobs, "available_memory", lambda: 0)
    monkeypatch.setattr(torch.cuda, "mem_get_info", lambda: (int(3.5 * largest), 10**12))
    assert jobs_that_fit(study, "gpu") == 3
