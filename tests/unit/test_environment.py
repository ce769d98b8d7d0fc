"""What is computed on: one rule for training and reading."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
import torch

from anascope import environment
from anascope.environment import checked_threads, takes_gpu, torch_device
from anascope.errors import InputError
from tests.refusals import refused


@pytest.mark.parametrize(
    ("accelerator", "has_gpu", "gpu"),
    [
        ("auto", False, False),
        ("auto", True, True),
        ("cpu", False, False),
        ("cpu", True, False),
        ("gpu", True, True),
    ],
)
def test_accelerators(accelerator: str, has_gpu: bool, gpu: bool) -> None:
    assert takes_gpu(accelerator, runtime="PyTorch", has_gpu=has_gpu) == gpu


def test_a_gpu_that_is_not_there_is_refused() -> None:
    with pytest.raises(InputError, match="accelerator: 'gpu', which PyTorch cannot use here"):
        takes_gpu("gpu", runtime="PyTorch", has_gpu=False)


@pytest.mark.parametrize("has_gpu", [False, True])
def test_other_words_are_refused(has_gpu: bool) -> None:
    with pytest.raises(InputError, match="accelerator: 'banana'; expected one of auto, cpu, gpu"):
        takes_gpu("banana", runtime="PyTorch", has_gpu=has_gpu)


def test_the_device_of_pytorch() -> None:
    assert torch_device("cpu") == torch.device("cpu")
    wanted = "cuda" if torch.cuda.is_available() else "cpu"
    assert torch_device("auto") == torch.device(wanted)


def test_the_rule_is_had_without_pytorch() -> None:
    script = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from anascope.environment import takes_gpu\n"
        "print(takes_gpu('auto', runtime='ONNX Runtime', has_gpu=False))\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.stdout == "False\n", done.stderr


@pytest.mark.parametrize(("cores", "most"), [(1, 64), (2, 64), (16, 64), (17, 68), (128, 512)])
def test_threads_are_bounded_by_the_cores(
    cores: int, most: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(environment, "usable_cores", lambda: cores)
    assert [checked_threads(count) for count in (None, 1, most)] == [None, 1, most]
    for count in (-1, 0, most + 1, 100_000, 10**30):
        with refused("threads", str(count), f"1 to {most}"):
            checked_threads(count)


def test_half_a_thread_is_refused() -> None:
    half: object = 1.5
    with refused("threads", "1.5", "1 to ..."):
        checked_threads(half)  # type: ignore[arg-type]


def test_the_memory_that_is_left_is_that_of_the_system_or_the_container(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    system, most, used = (tmp_path / name for name in ("meminfo", "max", "current"))
    monkeypatch.setattr(environment, "_MEMORY", system)
    monkeypatch.setattr(environment, "_CONTAINER", (most, used))
    assert environment.available_memory() is None
    system.write_text("MemTotal:  9000 kB\nMemAvailable:  5000 kB\n")
    assert environment.available_memory() == 5_120_000
    most.write_text("max\n")
    used.write_text("1000000\n")
    assert environment.available_memory() == 5_120_000
    most.write_text("3000000\n")
    assert environment.available_memory() == 2_000_000
