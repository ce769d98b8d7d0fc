"""Which device a process works on, and what it computes in."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch


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
