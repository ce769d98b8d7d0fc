"""From the words of a preset and of the command line to a device and what it computes in."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch

from anascope.errors import InputError, did_you_mean

_ACCELERATORS = ("auto", "cpu", "gpu")


def torch_device(accelerator: str) -> torch.device:
    """Return the device that ``accelerator`` (auto, cpu, gpu) names on this machine.

    Raises:
        InputError: if the word is unknown, or there is no such device.
    """
    if accelerator not in _ACCELERATORS:
        raise InputError(
            "accelerator", f"'{accelerator}'", did_you_mean(accelerator, _ACCELERATORS)
        )
    if accelerator == "gpu" and not torch.cuda.is_available():
        raise InputError("accelerator", "'gpu', but PyTorch sees none", "cpu or auto")
    use_gpu = accelerator != "cpu" and torch.cuda.is_available()
    return torch.device("cuda" if use_gpu else "cpu")


def own_device(device: torch.device) -> torch.device:
    """Return the device that this process works on: of several GPUs, the one that it has taken."""
    if device.type != "cuda":
        return device
    return torch.device("cuda", torch.cuda.current_device())


def autocast(device: torch.device, precision: str) -> AbstractContextManager[None]:
    """Return the context that a step computes in.

    Args:
        device: That computes.
        precision: ``32-true``, ``bf16-mixed``, or ``auto``: bf16 on GPUs that have it. On CPUs it
            is many times slower than fp32.
    """
    if precision == "auto":
        fast = device.type == "cuda" and torch.cuda.is_bf16_supported()
        precision = "bf16-mixed" if fast else "32-true"
    if precision == "32-true":
        return nullcontext()
    return torch.autocast(device.type, torch.bfloat16)
