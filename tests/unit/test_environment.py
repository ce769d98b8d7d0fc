"""What is computed on: one rule for training and reading."""

from __future__ import annotations

import subprocess
import sys

import pytest
import torch

from anascope.environment import takes_gpu, torch_device
from anascope.errors import InputError


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
