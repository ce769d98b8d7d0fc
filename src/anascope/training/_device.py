"""From the word on the command line to a device."""

from __future__ import annotations

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
